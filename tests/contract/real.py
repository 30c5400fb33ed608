"""Starts the real ticket systems, once per test session."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from yarl import URL

from tests.contract.server import Server, environment_of, free_port, run
from tests.leave_out import leave_out

RT_SERVER = Path("/usr/share/request-tracker5/libexec/standalone_httpd")
RT_SETUP = "rt-setup-database-5"
RT_USER = HELPDESK_USER = "root"
PASSWORD = "a secret of the test"

_RT_CONFIG = """
Set($rtname, 'test');
Set($Organization, 'test');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebPath, '');
Set($MailCommand, 'testfile');
Set($BcryptCost, 4);  # the password is hashed at every request
Set($LogToSyslog, undef);
Set($LogToFile, undef);
Set($LogToSTDERR, 'warning');
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/session';
1;
"""


def request_tracker(folder: Path) -> tuple[Server, URL]:
    """Request Tracker with an empty SQLite database; nothing of the machine's own configuration is read."""
    setup = shutil.which(RT_SETUP, path=f"{os.environ['PATH']}:/usr/sbin")
    if setup is None or not RT_SERVER.exists():
        leave_out("no Request Tracker: apt-get install request-tracker5 rt5-db-sqlite rt5-standalone")
    assert setup is not None
    port = free_port()
    for each in ("mason", "session", "none"):
        (folder / each).mkdir()
    (folder / "site.pm").write_text(_RT_CONFIG.format(folder=folder, port=port))
    (folder / "password").write_text(PASSWORD)
    environment = {
        **os.environ,
        "RT_SITE_CONFIG": str(folder / "site.pm"),
        "RT_SITE_CONFIG_DIR": str(folder / "none"),
        "TMPDIR": str(folder),  # where mail goes with MailCommand testfile
    }
    # A database administrator is asked for also where there is none.
    administrator = ["--dba", "none", "--dba-password", "none", "--root-password-file", str(folder / "password")]
    run([setup, "--action", "init", "--skip-create", *administrator], environment)
    url = URL(f"http://127.0.0.1:{port}")
    command = [str(RT_SERVER), "--host", "127.0.0.1", "--port", str(port)]
    return Server(command, environment, f"{url}/REST/2.0/rt", folder / "log"), url


def django_helpdesk(folder: Path) -> tuple[Server, URL, str]:
    """django-helpdesk in a site of its own with an empty SQLite database, and the id of its one queue."""
    python = str(environment_of("django-helpdesk"))
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"},
        "PYTHONPATH": ".",
        "DJANGO_SETTINGS_MODULE": "tests.contract.django_site.settings",
        "HELPDESK_USER": HELPDESK_USER,
        "HELPDESK_PASSWORD": PASSWORD,
        "HELPDESK_DATABASE": str(folder / "helpdesk.db"),
    }
    queue = run([python, "-m", "tests.contract.django_site.prepare"], environment).strip()
    url = URL(f"http://127.0.0.1:{free_port()}")
    command = [python, "-m", "django", "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{url.port}"]
    return Server(command, environment, f"{url}/api/", folder / "log"), url, queue
