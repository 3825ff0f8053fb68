using System.Text.Json;
using OrleansAgents.Agents;

namespace OrleansAgents.Routing;

/// <summary>In which order the recipients of a rule are tried for one message. Pure: values in, places out.</summary>
internal static class RecipientOrder
{
    /// <summary>The places of all recipients, the first choice first.</summary>
    /// <param name="route">The rule.</param>
    /// <param name="message">The message.</param>
    /// <param name="load">How many messages of this router each agent has now.</param>
    public static int[] Of(CompiledRoute route, RoutedMessage message, Func<AgentId, int> load)
    {
        var places = new int[route.To.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        switch (route.Route.Pick)
        {
            case RoutePick.Hash:
                var value = Rendezvous.Hash(ValueOf(route, message));
                Array.Sort(Array.ConvertAll(places, i => ~Rendezvous.Weigh(value, route.Hashes[i])), places);
                break;
            case RoutePick.Rotate:
                var first = (int)((uint)route.Turn % (uint)places.Length);
                Array.Sort(Array.ConvertAll(places, i => (i - first + places.Length) % places.Length), places);
                break;
            default:
                // Of several with as little, each in its turn.
                Array.Sort(Array.ConvertAll(places, i => (load(route.To[i]), (i - route.Turn % places.Length + places.Length) % places.Length)), places);
                break;
        }

        return places;
    }

    /// <summary>What <see cref="RoutePick.Hash"/> goes by: the field's value, or the message's id where there is none.</summary>
    private static string ValueOf(CompiledRoute route, RoutedMessage message) =>
        route.By is { } pointer && message.FindField(pointer) is { } field
            ? field.ValueKind == JsonValueKind.String ? field.ToString() : field.GetRawText()
            : message.Envelope.Id.ToString();
}
