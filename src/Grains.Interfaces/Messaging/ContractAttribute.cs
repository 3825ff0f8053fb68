namespace OrleansAgents.Messaging;

/// <summary>
/// Names the contract that a record carries: a dotted name of lower-case segments, such as <c>quote.request</c>, and a
/// version of 1 or more. The name and the version are what travels; the CLR type may be renamed or moved freely.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ContractAttribute(string name, int version = 1) : Attribute
{
    /// <summary>The contract's name.</summary>
    public string Name { get; } = name;

    /// <summary>The contract's version, 1 unless told.</summary>
    public int Version { get; } = version;

    /// <summary>
    /// The name of a file with a JSON Schema for the payload, an embedded resource of the record's assembly, in place of
    /// the schema that the record and its annotations make. Null for that one.
    /// </summary>
    public string? Schema { get; set; }
}

/// <summary>A message that asks for a reply of type <typeparamref name="TReply"/>.</summary>
/// <typeparam name="TReply">What the handler answers: any type that System.Text.Json can write and read.</typeparam>
public interface IRequest<TReply>;

/// <summary>
/// A request whose handler changes nothing. It commits nothing, is not remembered as handled, and may therefore run
/// again when it is repeated. Recording an effect in its handler throws.
/// </summary>
/// <typeparam name="TReply">What the handler answers.</typeparam>
public interface IQuery<TReply> : IRequest<TReply>;
