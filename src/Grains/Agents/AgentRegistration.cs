using OrleansAgents.Directory;

namespace OrleansAgents.Agents;

/// <summary>An agent class that somebody added to the silo. Whether it is hosted, its label decides.</summary>
internal sealed record AgentRegistration(Type AgentClass, AgentAttribute Attribute, IReadOnlyList<Type> Contracts)
{
    /// <exception cref="InvalidOperationException">The class or a contract of it is faulty; the message says which and why.</exception>
    public static AgentRegistration Of(Type agentClass)
    {
        var attribute = HandlerTable.FindAttribute(agentClass);
        if (attribute.Label is { } label && !AgentId.IsKind(label))
        {
            throw new InvalidOperationException($"[Agent(\"{attribute.Kind}\", Label = \"{label}\")] on {agentClass}: a label is a lower-case letter and then lower-case letters, digits or hyphens, {AgentId.MaxKindLength} at most.");
        }

        if (!Enum.IsDefined(attribute.Placement))
        {
            throw new InvalidOperationException($"[Agent(\"{attribute.Kind}\", Placement = {attribute.Placement})] on {agentClass}: that is no placement of agents.");
        }

        CheckNames(attribute, agentClass, nameof(attribute.Capabilities), "capability", attribute.Capabilities);
        CheckNames(attribute, agentClass, nameof(attribute.Tags), "tag", attribute.Tags);
        if (Array.Find(attribute.OutputModes, mode => !IsMediaType(mode)) is { } mode)
        {
            throw new InvalidOperationException($"[Agent(\"{attribute.Kind}\", OutputModes = [\"{mode}\"])] on {agentClass}: a media type is written such as image/png, without parameters.");
        }

        // Faulty handlers and contracts show here, at start, rather than with the first message.
        _ = new HandlerTable(agentClass, attribute);
        return new AgentRegistration(agentClass, attribute, [.. HandlerTable.FindContracts(agentClass).Select(c => c.MessageType!)]);
    }

    private static bool IsMediaType(string mode) =>
        mode.Split('/') is [{ Length: > 0 }, { Length: > 0 }] && mode.All(c => char.IsAsciiLetterOrDigit(c) || "/!#$&-^_.+".Contains(c, StringComparison.Ordinal));

    private static void CheckNames(AgentAttribute attribute, Type agentClass, string member, string what, string[] names)
    {
        if (Array.Find(names, name => !TraitName.IsValid(name)) is { } fault)
        {
            throw new InvalidOperationException($"[Agent(\"{attribute.Kind}\", {member} = [\"{fault}\"])] on {agentClass}: a {what} is {TraitName.Rule}.");
        }
    }

    /// <summary>The classes that a silo with these labels hosts.</summary>
    /// <exception cref="InvalidOperationException">Two classes claim one kind.</exception>
    public static HashSet<Type> FindHosted(IEnumerable<AgentRegistration> registered, ICollection<string> labels)
    {
        var byKind = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var (agentClass, attribute, _) in registered)
        {
            if (attribute.Label is { } label && !labels.Contains(label))
            {
                continue;
            }

            if (byKind.TryGetValue(attribute.Kind, out var other) && other != agentClass)
            {
                throw new InvalidOperationException(other.Assembly == typeof(AgentRegistration).Assembly
                    ? $"{agentClass} claims the kind '{attribute.Kind}', which is the platform's own ({other}); give it another name."
                    : $"Both {other} and {agentClass} claim the kind '{attribute.Kind}' on one silo; add one of them, or give them labels.");
            }

            byKind[attribute.Kind] = agentClass;
        }

        return [.. byKind.Values];
    }
}
