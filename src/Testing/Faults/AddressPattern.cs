namespace OrleansAgents.Testing.Faults;

/// <summary>An address in which <c>*</c> stands for any characters, slashes too: <c>*</c>, <c>pricer/*</c>, <c>pricer/eu</c>.</summary>
internal sealed class AddressPattern
{
    private readonly string[] _parts;

    public AddressPattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        _parts = pattern.Split('*');
    }

    public bool Matches(string address)
    {
        if (_parts.Length == 1)
        {
            return address == _parts[0];
        }

        if (!address.StartsWith(_parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        var at = _parts[0].Length;
        foreach (var part in _parts[1..^1])
        {
            var found = address.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return address.Length - at >= _parts[^1].Length && address.EndsWith(_parts[^1], StringComparison.Ordinal);
    }
}
