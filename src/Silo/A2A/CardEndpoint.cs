using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Serves cards to everybody: with what one needs to know in order not to fetch them again.</summary>
internal sealed class CardEndpoint(AgentCards cards, A2AKinds kinds, CardAddress address, HttpDoor door, IAgentClient agents, TimeProvider time)
{
    private const string Kept = "public, max-age=60";

    private Learned? _known;

    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            // Whoever it is may read it, and not without end.
            if ((await door.FindCallerAsync(context)).Refusal is { Code: HttpCodes.RateLimited } refusal)
            {
                throw A2AException.Of(refusal, Outcome.Refused);
            }

            var url = address.Find(context);
            var card = context.Request.RouteValues["kind"] is not string name ? cards.OfHost(url, isExtended: false)
                : kinds.Find(name) is { } kind ? cards.Of(kind, url, isExtended: false)
                : throw A2AKinds.Unknown(name);
            await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(card, A2AJson.Default.AgentCard));
        }
        catch (A2AException e)
        {
            await HttpJsonBinding.Instance.WriteErrorAsync(context, e, context.RequestAborted);
        }
        catch (AgentRefusedException e)
        {
            await HttpJsonBinding.Instance.WriteErrorAsync(context, A2AException.Of(e.Refusal, Outcome.Refused), context.RequestAborted);
        }
    }

    private async Task WriteAsync(HttpContext context, byte[] json)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"");
        var changed = FindChange();
        var headers = context.Response.GetTypedHeaders();
        (headers.ETag, headers.LastModified) = (tag, changed);
        context.Response.Headers.CacheControl = Kept;
        // The card names the host that it was asked of.
        context.Response.Headers.Vary = HeaderNames.Host;
        if (IsKnown(context.Request.GetTypedHeaders(), tag, changed))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = MediaTypes.Json;
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private static bool IsKnown(Microsoft.AspNetCore.Http.Headers.RequestHeaders request, EntityTagHeaderValue tag, DateTimeOffset changed) => request.IfNoneMatch is { Count: > 0 } known
        ? known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false))
        : request.IfModifiedSince >= changed;

    /// <summary>When this process learned of the kinds of now, in whole seconds, which are all that the header can say.</summary>
    private DateTimeOffset FindChange()
    {
        var of = agents.Kinds;
        if (_known is not { } known || !ReferenceEquals(known.Of, of))
        {
            _known = known = new Learned(of, DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()));
        }

        return known.At;
    }

    private sealed record Learned(IReadOnlyList<KindDescription> Of, DateTimeOffset At);
}
