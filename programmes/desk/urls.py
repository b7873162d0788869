"""Addresses of the desk, below /desk/."""

from django.urls import path

from programmes.desk import (
    bench,
    bench_acts,
    bench_coding,
    bench_forms,
    bench_notes,
    bench_quotes,
    disclosure,
    own_studies,
    own_tokens,
    participants,
    people,
    picker,
    publish,
    quote_counts,
    reporting,
    start,
    study_transcripts,
    table_acts,
    table_imports,
    theory_table,
)

STUDY = "studies/<slug:slug>"
SOURCE = f"{STUDY}/bench/<slug:key>"
CMOC = f"{STUDY}/theories/<slug:theory>/cmocs/<int:number>"
TABLE = f"{STUDY}/table/<slug:theory>"
QUOTES = f"{STUDY}/quotes/<slug:theory>"

urlpatterns = [
    path("", own_studies.OwnStudiesView.as_view(), name="desk"),
    path("at-hand/", own_studies.AtHandView.as_view(), name="desk-at-hand"),
    path("tokens/", own_tokens.OwnTokensView.as_view(), name="desk-tokens"),
    path("studies/new/", own_studies.BeginStudyView.as_view(), name="desk-begin"),
    path(f"{STUDY}/", start.StudyStart.as_view(), name="desk-study"),
    path(f"{STUDY}/people/", people.PeopleView.as_view(), name="desk-people"),
    path(f"{STUDY}/transcripts/", study_transcripts.StudyTranscriptsView.as_view(), name="desk-transcripts"),
    path(f"{STUDY}/transcripts/look/", study_transcripts.LookAtTranscriptsView.as_view(), name="desk-transcripts-look"),
    path(f"{STUDY}/participants/", participants.RenameParticipantView.as_view(), name="desk-participants"),
    path(f"{STUDY}/bench/", bench.BenchStart.as_view(), name="desk-bench"),
    path(f"{STUDY}/cmocs/", picker.PickerView.as_view(), name="desk-picker"),
    path(f"{STUDY}/find/", bench_forms.FindView.as_view(), name="desk-find"),
    path(f"{STUDY}/parts/", bench_forms.PartsView.as_view(), name="desk-parts"),
    path(f"{STUDY}/undo/", bench_coding.UndoView.as_view(), name="desk-undo"),
    path(f"{STUDY}/redo/", bench_coding.RedoView.as_view(), name="desk-redo"),
    path(f"{STUDY}/sitting/", bench_acts.SittingView.as_view(), name="desk-sitting"),
    path(f"{SOURCE}/", bench.BenchSourceView.as_view(), name="desk-bench-source"),
    path(f"{SOURCE}/rows/", bench.BenchRowsView.as_view(), name="desk-bench-rows"),
    path(f"{SOURCE}/coverage/", bench.BenchCoverageView.as_view(), name="desk-bench-coverage"),
    path(f"{SOURCE}/uncoded/", bench.BenchUncodedView.as_view(), name="desk-bench-uncoded"),
    path(f"{SOURCE}/turns/<int:number>/", bench_forms.TurnFormView.as_view(), name="desk-bench-turn"),
    path(f"{SOURCE}/quotes/<slug:quote>/", bench_forms.QuoteFormView.as_view(), name="desk-bench-quote"),
    path(f"{SOURCE}/new/", bench_forms.DraftView.as_view(), name="desk-bench-new"),
    path(f"{SOURCE}/near/", bench_forms.NearView.as_view(), name="desk-bench-near"),
    path(f"{SOURCE}/code/", bench_coding.CodeView.as_view(), name="desk-bench-code"),
    path(f"{SOURCE}/memo/", bench_coding.MemoView.as_view(), name="desk-bench-memo"),
    path(f"{SOURCE}/role/", bench_coding.RoleView.as_view(), name="desk-bench-role"),
    path(f"{SOURCE}/move/", bench_coding.MoveCodingView.as_view(), name="desk-bench-move"),
    path(f"{SOURCE}/uncode/", bench_coding.UncodeView.as_view(), name="desk-bench-uncode"),
    path(f"{SOURCE}/adjust/", bench_coding.AdjustView.as_view(), name="desk-bench-adjust"),
    path(f"{CMOC}/words/", bench_coding.RewordView.as_view(), name="desk-cmoc-words"),
    path(f"{CMOC}/parts/", bench_coding.PartView.as_view(), name="desk-cmoc-parts"),
    path(f"{CMOC}/quotes/", bench_quotes.ChosenQuotesView.as_view(), name="desk-cmoc-quotes"),
    path(f"{CMOC}/rename-part/", bench_notes.RenamePartView.as_view(), name="desk-cmoc-rename-part"),
    path(f"{CMOC}/caveats/", bench_notes.CaveatView.as_view(), name="desk-cmoc-caveats"),
    path(f"{CMOC}/links/", bench_notes.LinkView.as_view(), name="desk-cmoc-links"),
    path(f"{CMOC}/delete/", bench_notes.RemoveView.as_view(), name="desk-cmoc-delete"),
    path(f"{STUDY}/take-in/", table_imports.TakeInTableView.as_view(), name="desk-take-in"),
    path(f"{STUDY}/take-in/<int:report>/", table_imports.TakenInView.as_view(), name="desk-taken-in"),
    path(f"{STUDY}/table/", theory_table.TableStart.as_view(), name="desk-table"),
    path(f"{TABLE}/", theory_table.TheoryTableView.as_view(), name="desk-table-theory"),
    path(f"{TABLE}/rows/", table_acts.NewRowView.as_view(), name="desk-table-new"),
    path(f"{TABLE}/rows/<int:number>/", table_acts.RowFormView.as_view(), name="desk-table-row"),
    path(f"{TABLE}/rows/<int:number>/cells/", table_acts.CellView.as_view(), name="desk-table-cell"),
    path(f"{TABLE}/reporting/", reporting.ReportingView.as_view(), name="desk-reporting"),
    path(f"{TABLE}/order/", table_acts.OrderView.as_view(), name="desk-table-order"),
    path(f"{TABLE}/paste/", table_acts.PasteView.as_view(), name="desk-table-paste"),
    path(f"{TABLE}/undo/", table_acts.UndoTableView.as_view(), name="desk-table-undo"),
    path(f"{TABLE}/redo/", table_acts.RedoTableView.as_view(), name="desk-table-redo"),
    path(f"{TABLE}/sitting/", table_acts.SittingAtTableView.as_view(), name="desk-table-sitting"),
    path(f"{TABLE}/chosen/", table_acts.ChosenRowsView.as_view(), name="desk-table-chosen"),
    path(f"{STUDY}/quotes/", quote_counts.QuoteCountsStart.as_view(), name="desk-quotes"),
    path(f"{QUOTES}/", quote_counts.QuoteCountsView.as_view(), name="desk-quotes-theory"),
    *(
        path(f"{QUOTES}/counts.{form}", quote_counts.QuoteCountsFile.as_view(), {"form": form}, f"desk-quotes-{form}")
        for form in ("csv", "xlsx")
    ),
    path(f"{STUDY}/disclosure/", disclosure.DisclosureView.as_view(), name="desk-disclosure"),
    path(f"{STUDY}/publish/", publish.PublishView.as_view(), name="desk-publish"),
]
