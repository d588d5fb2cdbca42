"""One plugin gives client and replayer the same converter, codec, sandbox and interceptors, each once."""

import asyncio
import warnings

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import _Definition

from live.encryption import EncryptionCodec, Keyring
from live.metrics import Counting, rules_in, runtime
from live.plugin import Telling, election_plugin
from live.tls import TransportRefused
from policies.rules.order import O2
from workflows.catalogue import PASSED_THROUGH, WORKFLOWS

CODEC = EncryptionCodec(Keyring("a", {"a": bytes(32)}))


def test_a_client_encrypts() -> None:
    """The client's converter has the codec; there is nothing to forget."""
    client = asyncio.run(Client.connect("127.0.0.1:1", lazy=True, plugins=[election_plugin(CODEC)]))
    assert client.data_converter.payload_codec is CODEC


def test_a_replayer_with_nothing_but_the_plugin_has_all_it_needs() -> None:
    """Converter, sandbox with the shared modules, both interceptors."""
    config = Replayer(workflows=list(WORKFLOWS), plugins=[election_plugin(CODEC)]).config(active_config=True)
    assert config["data_converter"].payload_codec is CODEC
    runner = config["workflow_runner"]
    assert isinstance(runner, SandboxedWorkflowRunner)
    assert {*PASSED_THROUGH, "live"} <= set(runner.restrictions.passthrough_modules)
    assert [type(each) for each in config["interceptors"]] == [Telling, Counting]


def test_whoever_chose_no_sandbox_keeps_none() -> None:
    """A test or a bench may run without."""
    chosen = UnsandboxedWorkflowRunner()
    replayer = Replayer(workflows=list(WORKFLOWS), plugins=[election_plugin(CODEC)], workflow_runner=chosen)
    assert replayer.config(active_config=True)["workflow_runner"] is chosen


def test_every_workflow_loads_in_the_sandbox_without_a_complaint() -> None:
    """The SDK warns when a module is imported anew inside the sandbox: none of ours is."""
    runner = Replayer(workflows=list(WORKFLOWS), plugins=[election_plugin(CODEC)]).config(active_config=True)[
        "workflow_runner"
    ]

    async def load() -> None:
        for each in WORKFLOWS:
            runner.prepare_workflow(_Definition.must_from_class(each))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(load())


def test_figures_name_rules_and_nothing_else() -> None:
    """Only what looks like a rule's id becomes a label, each once."""
    finding = O2.finding("居民01 尚未开启").model_dump(mode="json")
    error = ApplicationError("x", finding, finding, {"rule": "居民01"}, {"rule": 3}, "rule", type="refused")
    assert rules_in(error) == ["O2"]


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "10.1.2.3:9464", "example.cn:9464"])
def test_figures_are_served_to_this_machine_only(address: str) -> None:
    """Whatever is not loopback is refused."""
    with pytest.raises(TransportRefused, match="只在本机提供"):
        runtime(address)
