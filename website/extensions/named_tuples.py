"""A griffe extension: a NamedTuple is called with its fields, so its card in the reference shows that signature."""

import griffe


class NamedTuples(griffe.Extension):
    def on_class(self, *, cls, **kwargs):
        if "NamedTuple" not in map(str, cls.bases):
            return
        fields = [a for a in cls.attributes.values() if a.annotation is not None]
        kind = griffe.ParameterKind.positional_or_keyword
        parameters = [griffe.Parameter("self", kind=kind)]
        parameters += [griffe.Parameter(a.name, annotation=a.annotation, kind=kind, default=a.value) for a in fields]
        cls.set_member("__init__", griffe.Function("__init__", parent=cls, parameters=griffe.Parameters(*parameters)))
