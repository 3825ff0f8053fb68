using System.CommandLine;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class DescribeCommand
{
    public static Command Create(GlobalOptions global)
    {
        var kind = new Argument<string>("KIND") { Description = "The kind, such as echo." };
        var schema = new Option<bool>("--schema") { Description = "Write the JSON Schema of each contract's payload and reply." };
        var command = new Command("describe", "Describes one kind of agents and its contracts.") { kind, schema };
        command.SetAction((parse, cancellationToken) => CommandSession.RunAsync(parse, global, cancellationToken, async (session, cancel) =>
        {
            await using var silo = await session.ConnectAsync(cancel);
            var name = parse.GetValue(kind)!;
            if (FindFault(silo.Client, name) is { } fault)
            {
                return session.Refuse(null, fault);
            }

            if (parse.GetValue(schema))
            {
                SchemaText.Write(session.Output, name, silo.Kinds.FindSchemas(name));
                return ExitCodes.Success;
            }

            KindText.Write(session.Output, silo.Client.Kinds.First(k => k.Kind == name));
            return ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>Why a kind cannot be spoken to; null when some silo hosts it.</summary>
    public static Refusal? FindFault(IAgentClient client, string kind)
    {
        var kinds = client.Kinds;
        return kinds.Any(k => k.Kind == kind)
            ? null
            : new Refusal(RefusalCodes.UnknownKind, $"No silo hosts the kind '{kind}'. Kinds there are: {string.Join(", ", kinds.Select(k => k.Kind))}.");
    }
}
