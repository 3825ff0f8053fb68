namespace OrleansAgents.Mcp;

/// <summary>Lets no server send more than we are ready to hold: neither an answer, nor one event of a stream.</summary>
internal sealed class BoundedAnswers(int limit, Action passed, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var isStream = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        var bounded = new StreamContent(new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken), limit, isStream, passed));
        foreach (var (name, values) in response.Content.Headers)
        {
            bounded.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = bounded;
        return response;
    }

    /// <summary>Counts what is read: all of it, or from one empty line to the next.</summary>
    private sealed class BoundedStream(Stream inner, int limit, bool byEvent, Action passed) : Stream
    {
        private int _count, _line;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count(buffer.AsSpan(offset, read));
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Count(ReadOnlySpan<byte> bytes)
        {
            foreach (var one in bytes)
            {
                _line = one is (byte)'\n' or (byte)'\r' ? _line : _line + 1;
                if (one == '\n')
                {
                    _count = byEvent && _line == 0 ? 0 : _count;
                    _line = 0;
                }

                if (++_count > limit)
                {
                    // Who reads may make another error of ours.
                    passed();
                    throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, $"It sends more than {limit} bytes at once.");
                }
            }
        }
    }
}
