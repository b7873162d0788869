"""Reading what speech recognition writes as JSON: its words with their speakers become text, and all else is told.

Whisper and its relatives, Amazon, Azure, Google, Deepgram, AssemblyAI, Rev and Otter each name things otherwise, and
may write the same words several times: as a whole, by segment and word by word. So this looks for the list that says
most about who speaks, takes it for the text, and tells every other string with a letter, unless it is the same again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from programmes.transcripts.json_nodes import ALTERNATIVES, REMEDY, SpeechError, nodes, parsed_json
from programmes.transcripts.reading import LeftOut, TranscriptReading
from programmes.transcripts.speech_entries import (
    NAMES_OF_SPEAKERS,
    PARTS,
    SPEAKERS,
    WORDS,
    as_speaker,
    dicts_in,
    joined_words,
    kind_of_word,
    letters_of,
    one_line,
    speaker_of,
    words_of_entry,
)
from programmes.transcripts.speech_times import clock_time, seconds_or_thousandths, start_of
from programmes.transcripts.turns import Utterance, text_of_utterances, with_speakers
from programmes.transcripts.web_page import read_web_page

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from programmes.transcripts.json_nodes import Mark, Node
    from programmes.transcripts.speech_entries import Said

# Names that programs give to things, in small letters.
OTHER_WORDINGS = (*WORDS, *PARTS, "lexical", "itn", "maskeditn")
KEYS_OF_SPEAKERS = ("id", "speaker_id", "speaker", "key")
# Lists of what was said, those first that say the most about it, and lists of single words.
TURNS = (
    "utterances", "monologues", "speakers", "audio_segments", "paragraphs", "segments", "transcription", "chunks",
    "recognizedphrases", "phrases", "sentences", "transcript", "transcripts", "captions", "cues", "turns", "entries",
    "events", "results", "channels", "",  # the file itself
)  # fmt: skip
SINGLE_WORDS = ("words", "items", "elements", "tokens", "word_segments", "result", "segs")
VOCABULARY = ("vocab", "vocabulary")  # words that may be said
KINDS_OF_WORDS = {"word", "pronunciation", "punctuation", "punct", "spacing", "audio_event"}
LETTER = re.compile(r"[^\W\d_]")
OF_THE_PROGRAM = re.compile(r"\[_\w+\]|<\|[^|]*\|>")  # "[_BEG_]" among the words
TIME = re.compile(r"[-+]?\d[\d.]*s|PT[\d.HMS]+")  # "1.5s", "PT1.5S"
OTRANSCRIBE = {"text", "media", "media-time"}  # names in a file of oTranscribe, whose text is a web page
ENOUGH = 0.98  # of the words, for a list to be taken that names speakers


@dataclass
class Candidate:
    """Entries that may be what was said, all from the same place of the file."""

    name: str
    place: str
    entries: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # with the identity of what each is in

    @property
    def listed(self) -> bool:
        """Whether they are in a list."""
        return self.place.endswith("[]")

    @cached_property
    def named(self) -> bool:
        """Whether the file says who speaks."""
        return any(speaker_of(entry) for _, entry in self.entries)

    @cached_property
    def single_words(self) -> bool:
        """Whether an entry is a word and not a segment."""
        kinds = {kind_of_word(entry) for _, entry in self.entries}
        return self.listed and (self.name in SINGLE_WORDS or kinds <= KINDS_OF_WORDS)

    @cached_property
    def known(self) -> bool:
        """Whether it is a list of segments by a name that programs give to one."""
        return self.listed and self.name in TURNS and not self.single_words

    @cached_property
    def letters(self) -> str:
        """What was said, without spaces."""
        return letters_of("".join(words_of_entry(entry).words for _, entry in self.entries))

    @cached_property
    def times(self) -> list[str]:
        """When each begins, as "0:01:02"; nothing where the file does not say it."""
        starts = [start_of(entry) for _, entry in self.entries]
        unit = seconds_or_thousandths(starts, len(self.letters))
        return [clock_time(start, unit) for start in starts]

    def order(self) -> tuple[bool, bool, bool, bool, int]:
        """Return what comes first of that which is taken first."""
        rank = TURNS.index(self.name) if self.known else len(self.place)
        return not self.named, self.single_words, not self.known, not self.listed, rank

    def repeated_with_names(self) -> Candidate | None:
        """Return single words that are all there again with their speakers, as Google writes them at the end."""
        if not (self.single_words and self.named):
            return None
        named = replace(self, entries=[(holder, entry) for holder, entry in self.entries if speaker_of(entry)])
        others = replace(self, entries=[(holder, entry) for holder, entry in self.entries if not speaker_of(entry)])
        return named if named.letters == others.letters else None


def read_speech(text: str) -> TranscriptReading:
    """Return the words of a file in JSON with the speaker, and when each begins, where the file says so.

    Segments of one speaker are joined; one of nobody known is a line of its own. Raises SpeechError where the file
    is damaged or has no words.
    """
    root = parsed_json(text.removeprefix("\ufeff"))
    if isinstance(root, dict) and root.keys() >= OTRANSCRIBE and isinstance(root["text"], str):
        page = read_web_page(root["text"])
        return TranscriptReading(page.text, (*page.left_out, *strings_told(root, {(id(root), "text")})))
    if isinstance(root, list) and any(isinstance(entry, str) for entry in root):
        root = {"text": root}
    give_speakers_to_words(root)
    candidates, names = found_in(root)
    if not candidates:
        raise SpeechError(f"has no words under a name such as “text”, “transcript” or “segments”; {REMEDY}")
    utterances, met = utterances_in(list_to_read(candidates), names)
    text, turns = text_of_utterances(with_speakers([line for each in utterances for line in lines_said(each)]))
    shown = {turn.speaker for turn in turns}
    same = {letters_of(words) for words in (text, *as_dialogues(utterances))}
    return TranscriptReading(text, tuple(strings_told(root, met, same, shown)), tuple(turns))


# What the file holds.


def found_in(root: Any) -> tuple[list[Candidate], dict[str, str]]:
    """Return what may be what was said, and the names of speakers by what stands for them."""
    candidates: dict[str, Candidate] = {}
    names: dict[str, str] = {}
    for node in nodes(root):
        if not isinstance(node.value, dict):
            continue
        if node.name == "speakers":
            names |= names_in(node)
        if node.name not in ALTERNATIVES and words_of_entry(node.value).words:
            candidate = candidates.setdefault(node.place, Candidate(node.name, node.place))
            candidate.entries.append((node.mark[0], node.value))
    return list(candidates.values()), names


def list_to_read(candidates: list[Candidate]) -> Candidate:
    """Return what is taken for the text: it has all words, and names the speakers if anything does."""
    for candidate in candidates:
        if repeated := candidate.repeated_with_names():
            return repeated
    candidates = [each for each in candidates if each.letters] or candidates
    known = [each for each in candidates if each.known]
    others = [each for each in candidates if not each.name.endswith(VOCABULARY)]
    full = max(len(each.letters) for each in known or others or candidates)
    fitting = [each for each in candidates if full * ENOUGH <= len(each.letters) <= full / ENOUGH]
    return min(fitting, key=Candidate.order)


# What was said, and by whom.


def names_in(node: Node) -> dict[str, str]:
    """Return the names in an object under "speakers", by what stands for them: of one speaker, or of all."""
    name = as_speaker(node.value)
    if not name:
        return {key: as_speaker(value) for key, value in node.value.items() if as_speaker(value)}
    return {key: name for place in KEYS_OF_SPEAKERS if (key := as_speaker(node.value.get(place)))}


def give_speakers_to_words(root: Any) -> None:
    """Write into the words of Amazon Transcribe who speaks them, which older files tell only by the time."""
    results = root.get("results") if isinstance(root, dict) else None
    if not isinstance(results, dict) or not isinstance(results.get("speaker_labels"), dict):
        return
    segments = dicts_in(results["speaker_labels"].get("segments"))
    timed = [word for segment in segments for word in dicts_in(segment.get("items"))]
    speakers = {
        time: as_speaker(word.get("speaker_label")) for word in timed if (time := as_speaker(word.get("start_time")))
    }
    for word in dicts_in(results.get("items")):
        speaker = speakers.get(as_speaker(word.get("start_time")))
        if speaker and "speaker_label" not in word:
            word["speaker_label"] = speaker


def utterances_in(candidate: Candidate, names: dict[str, str]) -> tuple[list[Utterance], set[Mark]]:
    """Return what is said in turn, and the strings that are told by that."""
    utterances: list[Utterance] = []
    met: set[Mark] = set()
    waiting: list[Said] = []  # words of one person that are not yet an utterance
    at: tuple[int, str] = (0, "")  # where they are, and who speaks them
    since = ""  # when they begin
    for (holder, entry), time in zip(candidate.entries, candidate.times, strict=True):
        found = words_of_entry(entry)
        if not (candidate.single_words or found.words.strip()):
            continue
        speaker = speaker_of(entry)
        if not speaker and candidate.single_words:
            speaker = at[1] if at[0] == holder else ""
        elif not speaker and candidate.listed:
            speaker = as_speaker(entry.get("name"))
        if waiting and (not candidate.single_words or at != (holder, speaker)):
            utterances.append(Utterance(shown_speaker(at[1], names), joined_words(waiting).words, since))
            waiting = []
        since = (since if waiting else "") or time
        waiting.append(found)
        at = (holder, speaker)
        met.update(found.marks)
        met |= marks_of_the_same(entry, found.words, shown_speaker(speaker, names) if found.words.strip() else "")
    utterances.append(Utterance(shown_speaker(at[1], names), joined_words(waiting).words, since))
    return [each for each in utterances if each.words.strip()], met


def shown_speaker(speaker: str, names: dict[str, str]) -> str:
    """Return how somebody is named in the text."""
    return names.get(speaker) or (f"Speaker {speaker}" if speaker.isdecimal() else speaker)


def lines_said(utterance: Utterance) -> list[Utterance]:
    """Return what one voice says as one line; where nobody is named, an utterance may have several."""
    parts = [utterance.words] if utterance.speaker else utterance.words.split("\n")
    return [replace(utterance, words=words) for words in filter(None, map(one_line, parts))]


def as_dialogues(utterances: list[Utterance]) -> Iterator[str]:
    """Yield the words as programs write them as a whole: alone, with every speaker, or only where another begins."""
    before = ["", *(each.speaker for each in utterances)]
    named = [f"{each.speaker}: {each.words}" if each.speaker else each.words for each in utterances]
    yield "".join(each.words for each in utterances)
    yield "".join(named)
    yield "".join(
        each.words if each.speaker == speaker else said
        for each, said, speaker in zip(utterances, named, before, strict=False)
    )


# What is told, and what is not.


def marks_of_the_same(entry: dict[str, Any], words: str, speaker: str) -> set[Mark]:
    """Return the strings in an entry that are its words again, as word by word, or its speaker."""
    spoken: dict[str, list[Node]] = {}
    met: set[Mark] = set()
    for node in nodes(entry):
        if isinstance(node.value, str):
            if is_speaker(node, {speaker}):
                met.add(node.mark)
            elif not OF_THE_PROGRAM.fullmatch(node.value.strip()):
                spoken.setdefault(node.place, []).append(node)
    letters = letters_of(words)
    for again in spoken.values():
        if letters_of("".join(node.value for node in again)) == letters:
            met.update(node.mark for node in again)
    return met


def is_speaker(node: Node, speakers: Container[str]) -> bool:
    """Return whether a string names one of these speakers, and is not what somebody says."""
    where = node.name in SPEAKERS or node.name in NAMES_OF_SPEAKERS or "speakers" in node.place
    return where and node.name not in WORDS and one_line(node.value) in speakers


def strings_told(
    root: Any, met: set[Mark], same: Container[str] = (), speakers: Container[str] = ()
) -> Iterator[LeftOut]:
    """Yield every string with a letter that is not met, by its kind and place, unless it is the same as the text."""
    unmet: dict[tuple[str, str], list[str]] = {}
    for node in nodes(root):
        if isinstance(node.value, str) and node.mark not in met and not is_speaker(node, speakers):
            spoken = node.name in OTHER_WORDINGS and not OF_THE_PROGRAM.fullmatch(node.value.strip())
            unmet.setdefault(("other wordings" if spoken else "other words", node.place), []).append(node.value)
    for (kind, place), values in unmet.items():
        words = [one_line(value) for value in (values if kind == "other wordings" else dict.fromkeys(values))]
        telling = any(LETTER.search(word) and not TIME.fullmatch(word) for word in words)
        if telling and letters_of("".join(values)) not in same:
            yield LeftOut(kind, place or "file", " ".join(words))
