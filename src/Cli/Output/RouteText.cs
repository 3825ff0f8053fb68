using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;

namespace OrleansAgents.Output;

/// <summary>Rules of routers, for people and for programs.</summary>
internal static class RouteText
{
    public static void Write(CommandOutput output, RouterPage page, bool isFirst)
    {
        if (output.Json)
        {
            foreach (var route in page.Routes)
            {
                output.Line(JsonSerializer.SerializeToUtf8Bytes(route, PayloadJson.Options));
            }

            return;
        }

        if (isFirst)
        {
            output.Line($"version {page.Version}, {page.Total} rules");
        }

        foreach (var route in page.Routes)
        {
            output.Line($"{route.Order,6} {route.Name}: {Describe(route.When)} -> {Describe(route)}");
        }

        foreach (var avoided in isFirst ? page.Avoided : [])
        {
            output.Line($"  avoided until {avoided.Until:HH:mm:ss}: {avoided.Agent} ({avoided.Code})");
        }
    }

    public static void Write(CommandOutput output, RouterVersion version)
    {
        if (output.Json)
        {
            output.Line(JsonSerializer.SerializeToUtf8Bytes(version, PayloadJson.Options));
        }
        else
        {
            output.Line($"version {version.Version}, {version.Rules} rules");
        }
    }

    public static void Write(CommandOutput output, RouterExplanation explanation)
    {
        if (output.Json)
        {
            output.Line(JsonSerializer.SerializeToUtf8Bytes(explanation, PayloadJson.Options));
        }
        else
        {
            output.Line(explanation.Route is { } route ? $"{route} -> {string.Join(", ", explanation.To)}" : "no rule takes it");
        }
    }

    private static string Describe(RouteMatch? when)
    {
        string[] parts =
        [
            .. when?.Type is { } type ? [$"{type}{(when.Version is { } version ? $" v{version}" : "")}"] : Array.Empty<string>(),
            .. when is { Type: null, Version: { } any } ? [$"v{any}"] : Array.Empty<string>(),
            .. when?.Sender is { } sender ? [$"from {sender}"] : Array.Empty<string>(),
            .. (when?.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(h => $"{h.Key}={h.Value}"),
            .. (when?.Payload ?? new Dictionary<string, JsonElement>(StringComparer.Ordinal)).Select(f => $"{f.Key}={f.Value.GetRawText()}"),
        ];
        return parts.Length == 0 ? "anything" : string.Join(", ", parts);
    }

    private static string Describe(Route route)
    {
        var to = string.Join(", ", route.To);
        return route.To.Count == 1 ? to : route.Send switch
        {
            RouteMode.One => $"one of {to} (by {(route.Pick == RoutePick.Hash ? $"hash of {route.By ?? "id"}" : route.Pick.ToString().ToLowerInvariant())})",
            RouteMode.Quorum => $"{route.Enough ?? ((route.To.Count / 2) + 1)} of {to}",
            RouteMode.First => $"first of {to}",
            _ => $"all of {to}",
        };
    }
}
