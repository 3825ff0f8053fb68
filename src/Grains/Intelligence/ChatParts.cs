using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>What is said between agents, as what is said to and by models.</summary>
internal static class ChatParts
{
    private const string AnyBytes = "application/octet-stream";

    /// <summary>What a model is said.</summary>
    /// <exception cref="AgentRefusedException">There is no part, or a faulty one.</exception>
    public static ChatMessage ToMessage(IReadOnlyList<Part> parts)
    {
        RunCheck.Demand(parts, "parts");
        return new ChatMessage(ChatRole.User, [.. parts.Select(ToContent)]);
    }

    /// <summary>What the model said that others are to hear: not what it called, nor what it thought.</summary>
    public static IReadOnlyList<Part> FromAnswer(IEnumerable<ChatMessage> messages)
    {
        var parts = new List<Part>();
        var text = new StringBuilder();
        foreach (var content in messages.SelectMany(m => m.Contents))
        {
            if (content is TextContent said)
            {
                text.Append(said.Text);
            }
            else if (content is DataContent or UriContent)
            {
                parts.Add(FromContent(content)!);
            }
        }

        return text.Length > 0 || parts.Count == 0 ? [Part.Of(text.ToString()), .. parts] : parts;
    }

    /// <summary>A message as its readers see it.</summary>
    public static IReadOnlyList<Part> FromMessage(ChatMessage message) => [.. message.Contents.Select(FromContent).OfType<Part>()];

    /// <summary>The model's messages without what has no stored form, with ids of calls that differ, and with names of tools that providers take.</summary>
    public static IReadOnlyList<ChatMessage> Clean(IEnumerable<ChatMessage> messages, int round)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        return [.. messages.Select(m => new ChatMessage(m.Role, [.. m.Contents.Select(Keep).OfType<AIContent>()]) { AuthorName = m.AuthorName })
            .Where(m => m.Contents.Count > 0)];

        AIContent? Keep(AIContent content) => content switch
        {
            FunctionCallContent call => Tidy(call),
            _ when content.GetType() is var type && (type == typeof(TextContent) || type == typeof(TextReasoningContent) || type == typeof(DataContent) || type == typeof(UriContent)) => content,
            _ => null,
        };

        FunctionCallContent Tidy(FunctionCallContent call)
        {
            var id = string.IsNullOrEmpty(call.CallId) || !known.Add(call.CallId) ? Unique($"call-{round}-{known.Count + 1}") : call.CallId;
            // A provider that is shown a name which is none refuses the whole conversation, as long as the call is in it.
            return new FunctionCallContent(id, ToolName.Mend(call.Name), call.Arguments) { Exception = call.Exception };
        }

        string Unique(string id)
        {
            while (!known.Add(id))
            {
                id += "-2";
            }

            return id;
        }
    }

    /// <summary>The same with the results of one answer's calls in one message, as some providers want them, in the order of the calls.</summary>
    public static IReadOnlyList<ChatMessage> Join(IReadOnlyList<ChatMessage> messages)
    {
        var joined = new List<ChatMessage>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Tool && joined.Count > 0 && joined[^1].Role == ChatRole.Tool)
            {
                joined[^1] = new ChatMessage(ChatRole.Tool, [.. joined[^1].Contents, .. message.Contents]);
            }
            else
            {
                joined.Add(message);
            }
        }

        for (var i = 1; i < joined.Count; i++)
        {
            if (joined[i].Role == ChatRole.Tool && joined[i].Contents.Count > 1)
            {
                string[] calls = [.. joined[i - 1].Contents.OfType<FunctionCallContent>().Select(c => c.CallId)];
                joined[i] = new ChatMessage(ChatRole.Tool, [.. joined[i].Contents.OrderBy(c => Array.IndexOf(calls, (c as FunctionResultContent)?.CallId))]);
            }
        }

        return joined;
    }

    private static AIContent ToContent(Part part)
    {
        if (!Uri.TryCreate(part.Url ?? "any:", UriKind.Absolute, out var uri))
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'parts': A 'url' is no absolute address.");
        }

        try
        {
            return part.Url is not null ? new UriContent(uri, part.MediaType ?? AnyBytes)
                : part.Text is { } text ? new TextContent(text)
                : part.Data is { } data ? new TextContent(data.GetRawText())
                : new DataContent(Convert.FromBase64String(part.Raw!), part.MediaType ?? AnyBytes) { Name = part.FileName };
        }
        catch (ArgumentException)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'parts': A 'mediaType' is none; write one such as image/png.");
        }
    }

    private static Part? FromContent(AIContent content) => content switch
    {
        TextContent text => Part.Of(text.Text),
        FunctionCallContent call => Part.OfData(new { call = call.CallId, tool = call.Name, arguments = call.Arguments }),
        FunctionResultContent result => Part.OfData(new { call = result.CallId, result = result.Result }),
        DataContent data => new Part { Raw = data.Base64Data.ToString(), MediaType = data.MediaType, FileName = data.Name },
        UriContent uri => new Part { Url = uri.Uri.ToString(), MediaType = uri.MediaType },
        _ => null,
    };
}
