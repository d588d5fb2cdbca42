"""The sandbox that is entered for workflow code alone rests on this: nothing of ours encodes by context."""

from pathlib import Path

from temporalio.converter import WithSerializationContext, WorkflowSerializationContext
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from live.encryption import EncryptionCodec, new_key
from live.plugin import election_converter, election_plugin
from live.sandbox import ElectionRunner

SOMEWHERE = WorkflowSerializationContext(namespace="huanjie-live", workflow_id="Q-2026-S01-U003/party")


def test_no_context_changes_how_anything_is_encoded(tmp_path: Path) -> None:
    """Converter, failure converter and codec are the same in every context, so the worker need not ask for one."""
    new_key(tmp_path / "keys")
    converter = election_converter(EncryptionCodec.of(tmp_path / "keys"))
    placed = converter.with_context(SOMEWHERE)
    assert not isinstance(converter.payload_codec, WithSerializationContext)
    assert placed.payload_codec is converter.payload_codec
    assert placed.payload_converter_class is converter.payload_converter_class
    assert placed.failure_converter_class is converter.failure_converter_class
    assert converter.external_storage is None


def test_a_worker_gets_this_sandbox_and_a_test_may_do_without() -> None:
    """Whatever sandbox is asked for becomes ours, with its own restrictions; no sandbox stays none."""
    runner = election_plugin(None).workflow_runner
    assert callable(runner)
    strict = SandboxedWorkflowRunner()
    ours = runner(strict)
    assert isinstance(ours, ElectionRunner)
    assert strict.restrictions.passthrough_modules < ours.restrictions.passthrough_modules
    assert isinstance(runner(None), ElectionRunner)
    bare = UnsandboxedWorkflowRunner()
    assert runner(bare) is bare
