namespace OrleansAgents.Tests.Hosting;

/// <summary>A new directory for the files of one case, removed with it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private static int _last;

    private DataDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes one where the program stands, because a temporary directory may be memory.</summary>
    public static DataDirectory Create() => new(System.IO.Directory.CreateDirectory(
        System.IO.Path.Combine(Environment.CurrentDirectory, $"store-benchmark-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}")).FullName);

    /// <summary>How many bytes its files have.</summary>
    public long CountBytes() => new DirectoryInfo(Path).EnumerateFiles().Sum(file => file.Length);

    public void Dispose() => System.IO.Directory.Delete(Path, recursive: true);
}
