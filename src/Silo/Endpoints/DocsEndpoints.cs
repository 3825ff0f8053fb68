using System.Text.Json;
using OrleansAgents.Messaging;
using Scalar.AspNetCore;

namespace OrleansAgents.Endpoints;

/// <summary>The description of the interface: for programs at <c>/openapi/v1.json</c>, for people at <c>/docs</c>.</summary>
internal static class DocsEndpoints
{
    private const string Document = "/openapi/v1.json";

    // The page's script is the silo's own, and finds nobody else to talk to.
    private const string Policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

    public static void Map(IEndpointRouteBuilder endpoints, string prefix, IReadOnlyList<AgentRoute> routes)
    {
        endpoints.MapGet(Document, (RequestDelegate)(context => ServeAsync(context, prefix, routes)));
        endpoints.MapScalarApiReference("/docs", (options, context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            options.WithTitle("Agents").WithOpenApiRoutePattern(prefix + Document).DisableDefaultFonts().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton();
        });
    }

    /// <summary>Everybody may read how the interface is used; which contracts are hosted, only who may use it.</summary>
    private static async Task ServeAsync(HttpContext context, string prefix, IReadOnlyList<AgentRoute> routes)
    {
        var services = context.RequestServices;
        var (caller, refusal) = await services.GetRequiredService<HttpDoor>().FindCallerAsync(context);
        if (caller is null)
        {
            await HttpProblem.WriteAsync(context, refusal!, context.RequestAborted);
            return;
        }

        var isKnown = caller.Identity is not null || services.GetRequiredService<HttpCallers>().TakesAnonymous;
        var document = services.GetRequiredService<OpenApiDocument>().Create($"{context.Request.PathBase}{prefix}", routes, withContracts: isKnown);
        await HttpJson.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(document, PayloadJson.Options), context.RequestAborted);
    }
}
