using ModelContextProtocol.Protocol;

namespace OrleansAgents.Mcp;

/// <summary>The tools for what goes on beyond a call: wait for it, say something in it, cancel it.</summary>
internal static class McpRunTools
{
    private static readonly (string Name, string Description) Run = (McpRunNames.Run, "The run's id, as the call that started it gave it.");

    public static IReadOnlyList<Tool> All { get; } =
    [
        new()
        {
            Name = McpRunNames.Wait, Title = "Wait for a run",
            Description = "Waits until a run of yours is over or needs an answer, and gives what came of it so far. Waiting changes nothing.",
            InputSchema = McpSchema.Texts(Run), OutputSchema = McpSchema.RunOutput(reply: null).Schema, Annotations = new ToolAnnotations { ReadOnlyHint = true },
        },
        new()
        {
            Name = McpRunNames.Say, Title = "Say something in a run",
            Description = "Says something to the agent of a run of yours, such as the answer to its question, and then waits as run__wait does.",
            InputSchema = McpSchema.Texts(Run, (McpRunNames.Text, "What to say.")), OutputSchema = McpSchema.RunOutput(reply: null).Schema,
        },
        new()
        {
            Name = McpRunNames.Cancel, Title = "Cancel a run", Description = "Cancels a run of yours. Doing it twice is harmless.",
            InputSchema = McpSchema.Texts(Run), OutputSchema = McpSchema.RunOutput(reply: null).Schema,
        },
    ];
}
