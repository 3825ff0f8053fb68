using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;

namespace OrleansAgents.Commands;

/// <summary>The two ways to change a board.</summary>
internal static class BoardChangeCommand
{
    public static Command CreatePatch(GlobalOptions global) => Create(
        global, "patch", "PATCH", "A JSON patch (RFC 6902), an array of operations; - reads it from standard input.",
        static (board, text, expected, cancel) => board.PatchAsync(JsonPatch.Parse(text), expected, cancellationToken: cancel));

    public static Command CreateMerge(GlobalOptions global) => Create(
        global, "merge", "MERGE", "A merge patch (RFC 7386), a JSON object; - reads it from standard input.",
        static (board, text, expected, cancel) => board.MergeAsync(JsonSerializer.Deserialize<JsonElement>(text, PayloadJson.Options), expected, cancellationToken: cancel));

    private static Command Create(
        GlobalOptions global, string verb, string argument, string description,
        Func<BlackboardHandle, string, long?, CancellationToken, ValueTask<long>> change)
    {
        var name = BlackboardCommand.CreateName();
        var json = new Argument<string>(argument) { Description = description };
        var expected = new Option<long?>("--expected") { Description = "Only if the board is at this version.", HelpName = "version" };
        var command = new Command(verb, "Changes a board's document, all of it or nothing, and prints the version then.") { name, json, expected };
        command.SetAction((parse, cancellationToken) => BlackboardCommand.RunAsync(parse, global, parse.GetValue(name)!, cancellationToken, async (session, board, cancel) =>
        {
            var version = await ChangeAsync(await ReadAsync(parse.GetValue(json)!, cancel), text => change(board, text, parse.GetValue(expected), cancel));
            if (session.Output.Json)
            {
                session.Output.Object(writer => writer.WriteNumber("version", version));
            }
            else
            {
                session.Output.Line(version.ToString(CultureInfo.InvariantCulture));
            }
        }));
        return command;
    }

    private static async ValueTask<long> ChangeAsync(string text, Func<string, ValueTask<long>> change)
    {
        try
        {
            return await change(text);
        }
        catch (JsonException e)
        {
            throw new AgentRefusedException(RefusalCodes.MalformedJson, string.Create(
                CultureInfo.InvariantCulture, $"The change is no such JSON, at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}."));
        }
    }

    private static async Task<string> ReadAsync(string text, CancellationToken cancellationToken) => text == "-"
        ? Encoding.UTF8.GetString(await MessageArguments.ReadInputAsync(new MessageLimits().MessageBytes, cancellationToken))
        : text;
}
