using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>What a request says beside the parts of its message, as agents get it.</summary>
internal static class RequestRemarks
{
    /// <summary>What is said; null for nothing.</summary>
    /// <exception cref="A2AException">It is not what the protocol has there, or too much.</exception>
    public static Remarks? Read(A2ACall call, SendMessageRequest request)
    {
        var message = request.Message;
        var (extensions, references, accepts) = (AnyOf(message.Extensions), AnyOf(message.ReferenceTaskIds), AnyOf(request.Configuration?.AcceptedOutputModes));
        if (message.Metadata is null && extensions is null && references is null && accepts is null && call.Extensions is null)
        {
            return null;
        }

        var remarks = new Remarks { Metadata = message.Metadata, Extensions = extensions, References = references, Active = call.Extensions, Accepts = accepts };
        return remarks.FindFault() is { } fault ? throw A2AException.Invalid(NameOf(fault.Member), fault.Fault) : remarks;
    }

    /// <summary>The header in which a skill gets it, whose payload is its own; null where there is nothing but which skill is meant.</summary>
    /// <param name="remarks">What is said; null for nothing.</param>
    /// <param name="most">The most bytes that a header holds.</param>
    /// <exception cref="A2AException">It is more than a header holds.</exception>
    public static IReadOnlyDictionary<string, string>? WriteHeader(Remarks? remarks, int most)
    {
        if (remarks is null || (remarks is { Extensions: null, References: null, Active: null, Accepts: null } && IsOnlySkill(remarks.Metadata)))
        {
            return null;
        }

        var json = JsonSerializer.Serialize(remarks, PayloadJson.Options);
        var bytes = Remarks.Header.Length + Encoding.UTF8.GetByteCount(json);
        return bytes <= most
            ? new Dictionary<string, string>(StringComparer.Ordinal) { [Remarks.Header] = json }
            : throw A2AException.Invalid(
                remarks.Metadata is null ? "message" : "message.metadata",
                $"With the message's extensions, references and accepted modes it holds {bytes} bytes, and a skill gets {most} at most; put what is more into its data.");
    }

    private static bool IsOnlySkill(JsonElement? metadata) =>
        metadata is not { } said || said.GetPropertyCount() == 0 || (said.GetPropertyCount() == 1 && said.TryGetProperty(Skills.Member, out _));

    // An empty list is the same as none.
    private static IReadOnlyList<string>? AnyOf(IReadOnlyList<string>? entries) => entries is { Count: > 0 } ? entries : null;

    private static string NameOf(string member) => member switch
    {
        nameof(Remarks.Metadata) => "message.metadata",
        nameof(Remarks.Extensions) => "message.extensions",
        nameof(Remarks.References) => "message.referenceTaskIds",
        nameof(Remarks.Accepts) => "configuration.acceptedOutputModes",
        _ => A2AProtocol.ExtensionsHeader,
    };
}
