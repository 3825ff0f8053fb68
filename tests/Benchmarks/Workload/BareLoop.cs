using System.Diagnostics;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>SQLite and nothing else: one thread that writes rows of a commit's bytes, as many in a transaction as the store does.</summary>
internal sealed class BareLoop : Variant, IDisposable
{
    // A commit's state and reply, and the 77 bytes that go with them.
    private const int RowBytes = 727;

    private readonly byte[] _row = new byte[RowBytes];
    private readonly Connection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _write;
    private readonly GroupSize _groups;
    private readonly int _keys;
    private readonly Random _random = new(1);
    private long _count;
    private long _written;

    private BareLoop(string directory, int keys, GroupSize groups)
    {
        (_keys, _groups) = (keys, groups);
        _connection = Connection.Open(Path.Combine(directory, keys == 0 ? "appends.db" : "upserts.db"));
        _connection.Execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192");
        _connection.Execute("CREATE TABLE row(id INTEGER PRIMARY KEY, agent INTEGER, body BLOB)");
        _begin = _connection.Prepare("BEGIN IMMEDIATE");
        _commit = _connection.Prepare("COMMIT");
        _write = _connection.Prepare(keys == 0
            ? "INSERT INTO row(id, agent, body) VALUES(?1, ?2, ?3)"
            : "INSERT INTO row(id, agent, body) VALUES(?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET agent = ?2, body = ?3");
        Write(keys, i => i);
    }

    /// <summary>Rows one behind the other.</summary>
    public static BareLoop Appends(string directory, GroupSize groups) => new(directory, 0, groups);

    /// <summary>Rows at random keys, all of which exist.</summary>
    public static BareLoop Upserts(string directory, int keys, GroupSize groups) => new(directory, keys, groups);

    public void Dispose() => _connection.Dispose();

    protected override Task<long> LoadAsync(long end) => Task.FromResult(Load(end));

    private long Load(long end)
    {
        var rows = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            Write(_groups.Value, _ => _keys == 0 ? ++_count : _random.Next(_keys));
            rows += _groups.Value;
            var now = Stopwatch.GetTimestamp();
            if (_groups.Value == 1)
            {
                Latencies.Add(now - last);
            }

            last = now;
        }

        return rows;
    }

    private void Write(int rows, Func<int, long> key)
    {
        _begin.Run();
        for (var i = 0; i < rows; i++)
        {
            // SQLite does not write a row over one that is the same.
            BitConverter.TryWriteBytes(_row, ++_written);
            _write.Bind(1, key(i)).Bind(2, i).Bind(3, _row).Run();
        }

        _commit.Run();
    }
}
