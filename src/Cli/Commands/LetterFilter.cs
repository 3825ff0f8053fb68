using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

/// <summary>The options that say which dead letters are meant.</summary>
internal sealed class LetterFilter
{
    private readonly Option<string?> _code = new("--code") { Description = "Only those refused with this code.", HelpName = "code" };

    private readonly Option<string?> _recipient = new("--recipient")
    {
        Description = "Only those for this agent, or for the agents of this kind.",
        HelpName = "address or kind",
    };

    private readonly Option<string?> _type = new("--type") { Description = "Only messages of this contract.", HelpName = "name" };

    public void AddTo(Command command)
    {
        command.Add(_code);
        command.Add(_recipient);
        command.Add(_type);
    }

    /// <summary>Whether any of the options was given.</summary>
    public bool IsGiven(CommandResult result) =>
        result.GetResult(_code) is not null || result.GetResult(_recipient) is not null || result.GetResult(_type) is not null;

    /// <exception cref="AgentRefusedException">The recipient is neither an address nor a kind.</exception>
    public DeadLetterList Read(ParseResult parse, Settings settings) =>
        new(parse.GetValue(_code), Recipient(parse.GetValue(_recipient), settings.DefaultKind), parse.GetValue(_type));

    // A word that is a kind is taken for the kind; it could be a key of the default kind as well.
    private static string? Recipient(string? text, string defaultKind) =>
        text is null || AgentId.IsKind(text) ? text
        : AgentId.TryParse(text, defaultKind, out var id, out var fault) ? id.ToString()
        : throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
}
