using System.Buffers.Text;
using System.Text;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>
/// The list of tools, page by page. A cursor is the name of the tool that a page ended with, so any silo goes on with it, and
/// tools that come and go meanwhile hide no others.
/// </summary>
internal static class McpPages
{
    /// <summary>The most tools of a page. Clients that read only the first see at least those.</summary>
    public const int Size = 100;

    /// <param name="tools">All tools.</param>
    /// <param name="cursor">The cursor that the page before gave; null for the first page.</param>
    /// <exception cref="McpProtocolException">It is no such cursor, or of a tool that is gone.</exception>
    public static ListToolsResult Read(IReadOnlyList<Tool> tools, string? cursor)
    {
        var from = cursor is null ? 0 : FindBehind(tools, cursor);
        var page = new List<Tool>(Math.Min(Size, tools.Count - from));
        for (var i = from; i < tools.Count && page.Count < Size; i++)
        {
            page.Add(tools[i]);
        }

        return new ListToolsResult
        {
            Tools = page, NextCursor = from + page.Count < tools.Count ? Write(page[^1].Name) : null, TimeToLive = TimeSpan.FromSeconds(10), CacheScope = CacheScope.Private,
        };
    }

    private static int FindBehind(IReadOnlyList<Tool> tools, string cursor)
    {
        for (var i = 0; i < tools.Count; i++)
        {
            if (Write(tools[i].Name) == cursor)
            {
                return i + 1;
            }
        }

        throw new McpProtocolException($"The cursor '{PlainText.Show(cursor, PlainText.Quoted)}' is none of this list, or its tool is gone; begin the list anew.", McpErrorCode.InvalidParams);
    }

    private static string Write(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));
}
