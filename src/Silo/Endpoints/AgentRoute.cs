using Microsoft.AspNetCore.Routing.Template;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>One endpoint: how it is reached, what it does, and what is said of it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The path.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Serve">Serves a request.</param>
internal sealed record AgentRoute(string Method, string Pattern, string Summary, RequestDelegate Serve)
{
    /// <summary>The parameters of its query.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>The media types of its body; none where it has no body.</summary>
    public IReadOnlyList<string> Takes { get; init; } = [];

    /// <summary>The media type of its answer.</summary>
    public string Gives { get; init; } = "application/json";

    /// <summary>Maps the routes, and problems for what comes below them by another path or method.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, IReadOnlyList<AgentRoute> routes, params ReadOnlySpan<string> roots) =>
        Map(endpoints, routes, (context, refusal) => HttpProblem.WriteAsync(context, refusal, context.RequestAborted), roots);

    /// <param name="endpoints">Where to map them.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="refuse">Writes why nothing is served.</param>
    /// <param name="roots">Below which paths.</param>
    public static void Map(
        IEndpointRouteBuilder endpoints, IReadOnlyList<AgentRoute> routes, Func<HttpContext, Refusal, Task> refuse, params ReadOnlySpan<string> roots)
    {
        foreach (var route in routes)
        {
            endpoints.MapMethods(route.Pattern, [route.Method], route.Serve).WithDisplayName($"{route.Method} {route.Pattern}");
        }

        foreach (var root in roots)
        {
            endpoints.Map(root + "/{**rest}", context => RefuseAsync(context, $"{root}/{context.Request.RouteValues["rest"]}", routes, refuse));
        }
    }

    private static async Task RefuseAsync(HttpContext context, string path, IReadOnlyList<AgentRoute> routes, Func<HttpContext, Refusal, Task> refuse)
    {
        var methods = routes.Where(route => route.Matches(path)).Select(route => route.Method).Distinct(StringComparer.Ordinal).ToList();
        if (methods.Count == 0)
        {
            await refuse(context, new Refusal(HttpCodes.NotFound, "There is nothing at this path; a slash within a key or a topic's name is written %2F."));
            return;
        }

        var allowed = string.Join(", ", methods);
        context.Response.Headers.Allow = allowed;
        await refuse(context, new Refusal(HttpCodes.MethodNotAllowed, $"This path takes {allowed}."));
    }

    private bool Matches(string path) => new TemplateMatcher(TemplateParser.Parse(Pattern.TrimStart('/')), []).TryMatch(path.TrimEnd('/'), []);
}
