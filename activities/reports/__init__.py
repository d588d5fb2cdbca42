"""The county office's reports: read from the registry (`rows`), composed (`compose`), worded (`text`), filed (`activity`)."""
