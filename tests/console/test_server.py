"""`huanjie server` where no server is needed: certificates made, and not made."""

from pathlib import Path

import typer
from typer.testing import CliRunner, Result

import console.server
from live.certificates import Certificates


def run(*words: str, **settings: str | Path | int) -> Result:
    """Exit code and output of `huanjie server …` under these settings."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.server.register(app)
    environment = {f"HUANJIE_{name.upper()}": str(value) for name, value in settings.items()}
    return CliRunner().invoke(app, ["server", *words], env=environment)


def test_certificates_are_made_where_the_server_is_ours(tmp_path: Path) -> None:
    """Exit 0, with their last day."""
    made = run("certificates", home=tmp_path, temporal_address="")
    assert made.exit_code == 0, made.output
    assert f"{Certificates(tmp_path / 'tls').end():%Y-%m-%d}" in made.output


def test_certificates_are_not_made_for_a_server_elsewhere(tmp_path: Path) -> None:
    """Exit 2, and nothing is written."""
    refused = run("certificates", home=tmp_path / "county", temporal_address="temporal.example.gov.cn:7233")
    assert refused.exit_code == 2
    assert "HUANJIE_TEMPORAL_ADDRESS" in refused.output
    assert not (tmp_path / "county").exists()
