using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansAgents.Tests.Workload;

/// <summary>
/// One kept-alive connection that sends a ready-made request over and over: the caller costs as little as it can, so that
/// the ratio is the servers'. One request at a time.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];

    public static async Task<HttpConnection> OpenAsync(IPEndPoint server)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(server);
        return connection;
    }

    /// <summary>A POST of JSON as it goes over the wire.</summary>
    public static byte[] Request(string path, byte[] json, params string[] headers) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n"),
        .. json,
    ];

    /// <summary>Sends, and waits for the whole answer.</summary>
    /// <returns>The answer's body as it came, in chunks or not, valid until the next call.</returns>
    /// <exception cref="InvalidOperationException">The answer is not 200, or too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> SendAsync(byte[] request)
    {
        await _socket.SendAsync(request.AsMemory());
        int filled = 0, head;
        while ((head = _buffer.AsSpan(0, filled).IndexOf(EndOfHead)) < 0)
        {
            filled += await ReceiveAsync(filled);
        }

        head += EndOfHead.Length;
        var length = FindLength(_buffer.AsSpan(0, head));
        while (length is { } bytes ? filled < head + bytes : !_buffer.AsSpan(0, filled).EndsWith(LastChunk))
        {
            filled += await ReceiveAsync(filled);
        }

        return _buffer.AsMemory(head..filled);
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int filled)
    {
        var count = filled == _buffer.Length ? 0 : await _socket.ReceiveAsync(_buffer.AsMemory(filled));
        return count > 0 ? count : throw new InvalidOperationException("The server closed the connection, or its answer is too long.");
    }

    private static int? FindLength(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new InvalidOperationException($"The answer is not 200: {Encoding.ASCII.GetString(head)}");
        }

        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : null;
    }
}

/// <summary>Asks by HTTP, each target over a connection of its own.</summary>
/// <param name="connections">The connections.</param>
/// <param name="requests">What is sent over each.</param>
/// <param name="unlike">Digits in the requests that are counted up with each; null where all are alike.</param>
internal readonly struct HttpCall(HttpConnection[] connections, byte[][] requests, string? unlike = null) : ICall<ReadOnlyMemory<byte>>
{
    private readonly int[] _last =
        [.. requests.Select(request => unlike is null ? -1 : request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(unlike)) + unlike.Length - 1)];

    public ValueTask<ReadOnlyMemory<byte>> AskAsync(int target)
    {
        var request = requests[target];
        for (var digit = _last[target]; digit >= 0; digit--)
        {
            if (request[digit] != '9')
            {
                request[digit]++;
                break;
            }

            request[digit] = (byte)'0';
        }

        return connections[target].SendAsync(request);
    }
}
