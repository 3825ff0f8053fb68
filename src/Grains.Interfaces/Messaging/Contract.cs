using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// A contract as the platform knows it: its name, its version and, where this process has the record, its type. One
/// instance exists per type and process, so contracts of known types compare by reference.
/// </summary>
public sealed class Contract
{
    /// <summary>The longest contract name, in characters.</summary>
    public const int MaxNameLength = 128;

    private static readonly ConcurrentDictionary<Type, Contract> ByType = new();
    private JsonTypeInfo? _typeInfo;
    private bool? _isPlain;

    private Contract(string name, int version, Type? messageType)
    {
        Name = name;
        Version = version;
        MessageType = messageType;
        ReplyType = messageType is null ? null : FindArgument(messageType, typeof(IRequest<>));
        IsQuery = messageType is not null && FindArgument(messageType, typeof(IQuery<>)) is not null;
    }

    /// <summary>The dotted name, such as <c>quote.request</c>.</summary>
    public string Name { get; }

    /// <summary>The version, 1 or more.</summary>
    public int Version { get; }

    /// <summary>The record bound to the contract, or null where this process has none.</summary>
    public Type? MessageType { get; }

    /// <summary>What a handler answers, or null where the contract asks for nothing or its type is not known here.</summary>
    public Type? ReplyType { get; }

    /// <summary>Whether a handler of this contract changes nothing (<see cref="IQuery{TReply}"/>).</summary>
    public bool IsQuery { get; }

    /// <summary>Whether the record's JSON, as we write it, is canonical but for escapes.</summary>
    internal bool IsPlain => _isPlain ??= PlainShape.IsPlain(TypeInfo);

    internal JsonTypeInfo TypeInfo => _typeInfo ??= PayloadJson.Options.GetTypeInfo(MessageType!);

    /// <summary>The contract of a record.</summary>
    /// <exception cref="InvalidOperationException">The type has no <see cref="ContractAttribute"/> or a faulty one, or lacks what its name promises (<see cref="IIntent"/>, <see cref="IStateDiff"/>).</exception>
    public static Contract Of(Type messageType) =>
        ByType.TryGetValue(messageType, out var known) ? known : ByType.GetOrAdd(messageType, Create);

    /// <inheritdoc cref="Of(Type)"/>
    public static Contract Of<TMessage>() => Cache<TMessage>.Value ??= Of(typeof(TMessage));

    /// <summary>A contract whose record this process does not have; its payload stays JSON.</summary>
    /// <exception cref="FormatException">The name or the version breaks the rules of <see cref="ContractAttribute"/>.</exception>
    public static Contract Untyped(string name, int version = 1) =>
        IsName(name) && version >= 1
            ? new Contract(name, version, messageType: null)
            : throw new FormatException($"'{name}' version {version} is no contract; write lower-case segments divided by dots, and a version of 1 or more.");

    /// <summary>Whether <paramref name="name"/> keeps the rule for contract names.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxNameLength)
        {
            return false;
        }

        var atStart = true;
        foreach (var c in name)
        {
            if (atStart ? !char.IsAsciiLetterLower(c) : !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }

            atStart = c == '.';
        }

        return !atStart;
    }

    /// <summary>Name and version, such as <c>quote.request v1</c>.</summary>
    public override string ToString() => $"{Name} v{Version}";

    private static Contract Create(Type type)
    {
        var attribute = type.GetCustomAttribute<ContractAttribute>()
            ?? throw new InvalidOperationException($"{type} is not a contract: put [Contract(\"name\", version)] on it.");
        if (!IsName(attribute.Name) || attribute.Version < 1)
        {
            throw new InvalidOperationException($"[Contract(\"{attribute.Name}\", {attribute.Version})] on {type} is faulty: a name is lower-case segments divided by dots, {MaxNameLength} characters at most, and a version is 1 or more.");
        }

        return ContractConventions.FindFault(attribute.Name, type) is { } fault
            ? throw new InvalidOperationException($"[Contract(\"{attribute.Name}\", {attribute.Version})] on {type} is faulty: {fault}")
            : new Contract(attribute.Name, attribute.Version, type);
    }

    private static Type? FindArgument(Type type, Type definition)
    {
        foreach (var implemented in type.GetInterfaces())
        {
            if (implemented.IsGenericType && implemented.GetGenericTypeDefinition() == definition)
            {
                return implemented.GetGenericArguments()[0];
            }
        }

        return null;
    }

    private static class Cache<TMessage>
    {
        public static Contract? Value;
    }
}
