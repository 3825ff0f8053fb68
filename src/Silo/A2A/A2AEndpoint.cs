using Microsoft.AspNetCore.Http.Features;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Serves calls by both bindings: first who calls, then which version and extensions, then the operation.</summary>
internal sealed class A2AEndpoint(HttpDoor door, HttpCallers callers, A2AOptions options, OpenStreams streams)
{
    public async Task ServeAsync(HttpContext context, A2ABinding binding, Func<A2ACall, Task<A2AAnswer>> operate)
    {
        var aborted = context.RequestAborted;
        try
        {
            var (caller, refusal) = await door.FindCallerAsync(context);
            refusal ??= caller!.Identity is null && !callers.TakesAnonymous ? HttpCallers.Unknown : null;
            if (refusal is not null)
            {
                throw A2AException.Of(refusal, Outcome.Refused);
            }

            await binding.BeginAsync(context, door, aborted);
            DemandVersion(context.Request);
            var extensions = Activate(context);
            var answer = await operate(new A2ACall(context, caller!, context.Request.RouteValues["kind"] as string, Segment(context, "tenant"), extensions, aborted));
            await (answer.Result is { } result
                ? binding.WriteAsync(context, result, aborted)
                : streams.ServeAsync(
                    context, _ => Task.CompletedTask, answer.Events!.Select(one => (one.Id, binding.ToBytes(one.Event))), aborted,
                    fault => binding.ToBytes(A2AException.Of(fault, Outcome.Refused))));
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Nobody is there to be told, and what was begun goes on.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var fault = e as A2AException ?? A2AException.Of(door.Explain(context, e), e is AgentFailedException ? Outcome.Failed : Outcome.Refused);
            await binding.WriteErrorAsync(context, fault, aborted);
        }
    }

    /// <summary>A segment of the path by its place behind the base path; null where the route has none of the name.</summary>
    /// <exception cref="AgentRefusedException">It is not percent-encoded UTF-8.</exception>
    /// <param name="context">The request.</param>
    /// <param name="name">What the route calls it.</param>
    /// <param name="verb">What stands behind it in the same segment.</param>
    public static string? Segment(HttpContext context, string name, string verb = "")
    {
        if (!context.Request.RouteValues.ContainsKey(name))
        {
            return null;
        }

        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget.Contains('%', StringComparison.Ordinal) is false)
        {
            return (string?)context.Request.RouteValues[name];
        }

        // The routes are of plain segments, so that the place within the pattern is the place within the path.
        var pattern = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments;
        var place = 0;
        while (!pattern[place].Parts.Any(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter && parameter.Name == name))
        {
            place++;
        }

        return RawPath.Read(context, name, behind: pattern.Count - 1 - place)[..^verb.Length];
    }

    private static void DemandVersion(HttpRequest request)
    {
        var version = request.Headers[A2AProtocol.VersionHeader] is { Count: > 0 } header ? header.ToString() : request.Query[A2AProtocol.VersionHeader].ToString();
        if (!A2AProtocol.Speaks(version))
        {
            throw new A2AException(
                A2AError.VersionNotSupported,
                $"The version {(version.Length == 0 ? "is not named, which means 0.3" : $"'{PlainText.Show(version, PlainText.Quoted)}' is not spoken here")}; send '{A2AProtocol.VersionHeader}: {A2AProtocol.Version}'.");
        }
    }

    /// <summary>Sees to it that the caller knows the extensions that it must know, and says which of those that it names are in force.</summary>
    private string[]? Activate(HttpContext context)
    {
        if (options.Extensions.Count == 0)
        {
            return null;
        }

        string[] named = context.Request.Headers[A2AProtocol.ExtensionsHeader].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (options.Extensions.FirstOrDefault(e => e.Required && !named.Contains(e.Uri, StringComparer.Ordinal)) is { } missing)
        {
            throw new A2AException(A2AError.ExtensionSupportRequired, $"A caller must know the extension {missing.Uri}, and say so in {A2AProtocol.ExtensionsHeader}.");
        }

        if (options.Extensions.Where(e => named.Contains(e.Uri, StringComparer.Ordinal)).Select(e => e.Uri).ToArray() is not { Length: > 0 } active)
        {
            return null;
        }

        context.Response.Headers[A2AProtocol.ExtensionsHeader] = string.Join(", ", active);
        return active;
    }
}
