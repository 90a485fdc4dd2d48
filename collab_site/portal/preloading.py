from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs


def preload_templates():
    """Compile the project's templates; return how many.

    Otherwise a running portal would read those that it hasn't used yet from a newer version.
    """
    folders = [*settings.TEMPLATES[0]["DIRS"], *get_app_template_dirs("templates")]
    names = {
        str(path.relative_to(folder))
        for folder in map(Path, folders)
        if folder.is_relative_to(settings.BASE_DIR) and ".venv" not in folder.parts
        for path in folder.rglob("*.*")
    }
    for name in names:
        get_template(name)
    return len(names)
