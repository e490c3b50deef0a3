"""`agent-tui serve`: run a desk for a team, in the foreground, until it is told to stop."""

from pathlib import Path

import click

from agent_tui.cli.home import home_option


@click.command()
@click.option(
    "--listen", default="127.0.0.1:8700", show_default=True, metavar="HOST:PORT", help="Port 0: any free one."
)
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line with the addresses when it is ready.")
@click.option("--behind-proxy", default="", metavar="ADDRESS", help="The proxy in front, whose word on origins counts.")
@click.option("--tls-certificate", type=click.Path(path_type=Path, dir_okay=False), help="PEM file; needs --tls-key.")
@click.option("--tls-key", type=click.Path(path_type=Path, dir_okay=False), help="PEM file; needs --tls-certificate.")
def serve(listen: str, as_json: bool, behind_proxy: str, tls_certificate: Path | None, tls_key: Path | None) -> None:
    """Run a desk for a team. On an empty home it prints the invite of its first admin.

    Without TLS and without a proxy in front it listens on this machine only. SIGTERM ends it in order: readers are
    told when to come back, and what was acknowledged is on the disk.
    """
    import asyncio

    from agent_tui.config.paths import find_paths
    from agent_tui.desk.serve import ServeOptions
    from agent_tui.desk.serve import serve as serve_desk

    options = ServeOptions(
        home=find_paths().desk,
        listen=listen,
        json=as_json,
        behind_proxy=behind_proxy,
        tls_certificate=tls_certificate,
        tls_key=tls_key,
    )
    raise SystemExit(asyncio.run(serve_desk(options)))
