"""Terms that every study shared become entries of the lists of each study, in the history too."""

import datetime as dt


from programmes.models import Delivery, DeliveryMode, PersonKind, Population, Sector, Service, ServiceSector


BEFORE = "0018_public_statements_are_printed"
DAY = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
# The sectors that each service was in, day by day; None where it was deleted.
SECTORS = {"1": ["school", "school", "charity"], "2": ["unclear", "health"], "3": ["", ""], "4": ["private", None]}


def make_terms(apps):
    """Make two studies of the version before."""

    def make(model, **values):
        return apps.get_model("programmes", model)._base_manager.create(**values)

    programme = make("Programme", slug="care", name="Care")
    ward, home = (
        make("Study", programme=programme, slug=slug, title=slug, kind="evaluation") for slug in ("ward", "home")
    )
    for number, states in SECTORS.items():
        service = make("Service", study=ward, number=number, service_type="Ward", sector="private" if states[-1] is None else states[-1])
        for day, sector in enumerate(states):
            when = {"history_date": DAY + dt.timedelta(days=day), "history_type": "-" if sector is None else "~"}
            said = {"number": number, "service_type": "Ward", "sector": sector or ("private" if sector is None else "")}
            make("HistoricalService", id=service.pk, study_id=ward.pk, **said, **when)
        if number == "1":
            made = make("Delivery", service=service, mode="online", offered="yes")
            when = {"history_date": DAY, "history_type": "+"}
            make("HistoricalDelivery", id=made.pk, service_id=service.pk, mode="group", **when)
        if states[-1] is None:
            service.delete()
    make("Service", study=home, number="5", service_type="Home", sector="unclear")
    make("Population", study=home, key="nurse", label="Nurse", kind="staff")


def check_terms_became_entries():
    """Ask that each study lists the terms that it used, now or in its history, and tells since when."""
    entries = {
        model.__name__: sorted(model.objects.values_list("study__slug", "key", "label", "number"))
        for model in (PersonKind, Sector, DeliveryMode)
    }
    assert entries == {
        "PersonKind": [("home", "staff", "Staff", 4)],
        "Sector": [
            ("ward", "charity", "Charity", 4),
            ("ward", "health", "Health service", 1),
            ("ward", "school", "School", 2),
        ],
        "DeliveryMode": [("ward", "group", "Group", 4), ("ward", "online", "Online", 2)],
    }
    services = Service.objects.order_by("number").values_list("number", "sector_links__sector__key", "sector_reporting")
    assert list(services) == [
        ("1", "charity", ""),
        ("2", "health", ""),
        ("3", None, ""),
        ("5", None, "unclear"),
    ]
    assert list(Population.objects.values_list("key", "kind__key")) == [("nurse", "staff")]
    assert list(Delivery.objects.values_list("service__number", "mode__key")) == [("1", "online")]
    keys = dict(DeliveryMode.objects.values_list("pk", "key"))
    assert [keys[mode] for mode in Delivery.history.values_list("mode", flat=True)] == ["group"]
    told = ServiceSector.history.order_by("history_id").values_list("history_type", "history_date__day", "sector")
    sectors = dict(Sector.objects.values_list("pk", "key"))
    assert [(kind, day, sectors[sector]) for kind, day, sector in told] == [
        ("+", 1, "school"),
        ("~", 3, "charity"),
        ("+", 2, "health"),
    ]
    assert list(Service.history.filter(number="2").order_by("history_id").values_list("sector_reporting", flat=True)) == [
        "unclear",
        "",
    ]


def check_entries_became_terms_again(apps):
    """Ask that each row has its term; of several sectors of a service the first."""
    services = apps.get_model("programmes", "Service")._base_manager.order_by("number")
    assert list(services.values_list("number", "sector")) == [
        ("1", "charity"),
        ("2", "health"),
        ("3", ""),
        ("5", "unclear"),
    ]
    assert list(apps.get_model("programmes", "Delivery")._base_manager.values_list("mode", flat=True)) == ["online"]
    assert list(apps.get_model("programmes", "Population")._base_manager.values_list("kind", flat=True)) == ["staff"]
