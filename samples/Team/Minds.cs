using System.ComponentModel;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Samples.Team;

[Agent("researcher", Description = "Finds facts.")]
public sealed class Researcher(Library library) : ChatAgent
{
    protected override string Instructions =>
        "You find facts for a writer. Search the library once or twice, and answer with what you found, a sentence for each fact. Make nothing up.";

    protected override void AddTools(ToolSet tools) => tools.Add(Search, "search");

    [Description("Searches the library, and gives what it has on a subject.")]
    private string Search([Description("A word.")] string about) => library.Search(about);
}

[Agent("writer", Description = "Writes articles.")]
public sealed class Writer : ChatAgent
{
    protected override string Instructions =>
        "You write short articles of three sentences. Ask the researcher for facts before you write, and use no others. When you are told what is wrong with a draft, write it anew. Answer with the article alone.";

    // The researcher thinks, too, and may take its time.
    protected override ChatAgentOptions Options => new() { Within = TimeSpan.FromMinutes(10), ToolTimeout = TimeSpan.FromMinutes(5) };

    // It is an agent like any other; to the model it is a tool.
    protected override void AddTools(ToolSet tools) => tools.Add<ChatSay>(new AgentId("researcher", Id.Key), "Asks the researcher for facts.");
}

[Agent("reviewer", Description = "Finds faults in drafts.")]
public sealed class Reviewer : ChatAgent, IHandle<ReviewDraft, Review>
{
    protected override string Instructions =>
        "You review short articles. Count the faults: what is not true, not clear, or longer than three sentences. Say in one sentence what is to be done.";

    public ValueTask<Review> HandleAsync(ReviewDraft request, AgentContext context, CancellationToken cancellationToken) =>
        ThinkAsync<Review>(context, $"An article about {request.About}:\n\n{request.Draft}");
}

/// <summary>What the researcher searches. A real one would ask a search engine.</summary>
public sealed class Library
{
    private readonly Dictionary<string, string> _notes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tea"] = "Tea is made of leaves of Camellia sinensis. After water it is what people drink most.",
        ["bees"] = "Bees dance to tell each other where flowers are. A hive has tens of thousands of them.",
    };

    public string Search(string about) => _notes.GetValueOrDefault(about.Trim(), $"The library has nothing on {about}.");
}
