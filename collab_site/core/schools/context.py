from collab_site.core.schools.identity import Identity


def identity(request):
    """Give every template `identity`; nothing is read before a template asks for it."""
    if not hasattr(request, "identity"):
        request.identity = Identity(getattr(request, "school", None))
    return {"identity": request.identity}
