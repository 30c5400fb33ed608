"""`python -m scripts.train`: export the content and train the model if anything has changed."""

import sys

from scripts import prepare
from scripts.errors import StartError


def main() -> int:
    """0 when there is a model for the data as they are."""
    try:
        prepare.export_content()
        prepare.train(force="--force" in sys.argv[1:])
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
