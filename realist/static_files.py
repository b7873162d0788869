"""The files that go with pages: style, scripts, fonts and signs, as `collectstatic` puts them together."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

from programmes.trouble import NotCollectedError


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """The collected files; a page that asks for one that is not there is no fault of the page."""

    def stored_name(self, name: str) -> str:
        """Return the name of a file with its hash. Raises NotCollectedError where it was not collected."""
        try:
            return str(super().stored_name(name))
        except ValueError as error:
            raise NotCollectedError(name) from error
