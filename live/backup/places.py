"""Which databases a county's settings name: the registry's and the server's, each a source of copies."""

from pathlib import Path

from activities.registry.database import address
from live.backup.manifest import Part
from live.backup.problems import BackupRefused
from live.backup.sources import PostgresSource, Source, SqliteSource
from live.server import PostgresStore
from live.settings import CountySettings


def registry_source(settings: CountySettings) -> Source:
    """The registry's. Raises RegistryAddressError."""
    url = address(settings.registry_target)
    if url.get_backend_name() == "sqlite":
        return SqliteSource(Path(str(url.database)).absolute(), Part.REGISTRY.label)
    return PostgresSource.of_url(url)


def server_sources(settings: CountySettings) -> dict[Part, Source]:
    """The server's, in the order in which they are to be caught: what is searched lags behind what runs.

    Raises BackupRefused for a server that somebody else runs on a store we are not told of, ConfigurationWrong.
    """
    if settings.temporal_store:
        store = PostgresStore.from_url(settings.temporal_store)
        return {
            Part.SERVER: PostgresSource.of_store(store, store.database),
            Part.VISIBILITY: PostgresSource.of_store(store, store.visibility_database),
        }
    if settings.temporal_address:
        raise BackupRefused(
            "不能备份：",
            f"Temporal 服务器 {settings.temporal_address} 由别处运行，本机够不到它的存储：登记库单独备份没有用处。"
            "请用 HUANJIE_TEMPORAL_STORE 写明它的 PostgreSQL 地址",
        )
    return {Part.SERVER: SqliteSource(settings.home / "temporal.sqlite", Part.SERVER.label)}
