"""The command line of the contract pipeline: `python -m spec COMMAND`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from spec.build import Built, build
from spec.compare import command as compare_command
from spec.drift import contract_drift, drift
from spec.errors import SpecError
from spec.generate import generate
from spec.importing.command import Wish, import_page
from spec.importing.proposals import Proposal
from spec.sources import Tree
from spec.updating import command as update_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when all is well, 1 when something is refused or has drifted."""
    options = _parser().parse_args(arguments)
    run: Callable[[Tree, argparse.Namespace], int] = options.run
    try:
        return run(Tree(options.root), options)
    except SpecError as error:
        _say(f"error: {error}", sys.stderr.write)
        return 1
    except KeyboardInterrupt:
        _say("stopped", sys.stderr.write)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spec", description=__doc__)
    here = Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=Path, default=here, help="the checkout to work on")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("build", help="pages and overlays -> openapi.yaml")
    command.add_argument("--check", action="store_true", help="compare only, write nothing")
    command.set_defaults(run=_build)
    command = commands.add_parser("generate", help="openapi.yaml -> generated/")
    command.set_defaults(run=_generate)
    command = commands.add_parser("drift", help="fail if openapi.yaml or generated/ is out of date")
    command.set_defaults(run=_drift)
    command = commands.add_parser("import", help="a vendor's page -> spec/vendor/, spec/overlays/")
    command.add_argument("page", type=Path, help="the page, as Markdown")
    command.add_argument("--slug", default="", help="the name of its files, without suffix")
    command.add_argument("--accept", action="store_true", help="apply all that is no question")
    command.add_argument("--dry-run", action="store_true", help="write nothing")
    command.add_argument("--replace", action="store_true", help="take it for a newer page")
    command.set_defaults(run=_import)
    compare_command.add(commands)
    update_command.add(commands)
    return parser


def _say(line: str, write: Callable[[str], object] = sys.stdout.write) -> None:
    write(line + "\n")


def _import(tree: Tree, options: argparse.Namespace) -> int:
    given = vars(options)
    wish = Wish(**{key: given[key] for key in ("page", "slug", "accept", "dry_run", "replace")})
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not (wish.accept or wish.dry_run)
    import_page(tree, wish, _say, _ask if asks else None)
    return 0


def _ask(proposal: Proposal) -> bool:
    """Ask a person; anything but yes leaves the proposal in the draft, marked."""
    try:
        answer = input(
            f"{proposal.confidence.value}: {proposal.field.name}: {proposal.what}? [y/N] "
        )
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def _build(tree: Tree, options: argparse.Namespace) -> int:
    built = build(tree.pages(), tree.overlays())
    if options.check:
        return _report(list(contract_drift(tree, built.text)), "openapi.yaml is what spec/ gives")
    _log(built)
    tree.contract.write_bytes(built.text.encode("utf-8"))
    _say(
        f"openapi.yaml: {len(built.text.splitlines())} lines from {len(tree.pages())} page(s), "
        f"{len(built.repairs)} line(s) repaired, {len(built.notes)} note(s)"
    )
    return 0


def _log(built: Built) -> None:
    for repair in built.repairs:
        _say(f"repaired {repair.page}:{repair.line}")
        _say(f"  - {repair.old.strip()}")
        _say(f"  + {repair.new.strip()}")
    for note in built.notes:
        _say(f"note {note}")


def _generate(tree: Tree, _options: argparse.Namespace) -> int:
    count = generate(tree, tree.generated)
    _say(f"generated/: {count} files from {tree.contract.name}")
    return 0


def _drift(tree: Tree, _options: argparse.Namespace) -> int:
    return _report(list(drift(tree)), "openapi.yaml and generated/ are what their sources give")


def _report(differences: list[str], well: str) -> int:
    if not differences:
        _say(well)
        return 0
    for difference in differences:
        _say(difference, sys.stderr.write)
    _say(
        "Edit spec/ and run `make spec generate`; openapi.yaml and generated/ are never edited.",
        sys.stderr.write,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
