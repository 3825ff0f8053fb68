using OrleansAgents.Tests.Golden;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("Writes golden files with the code of this commit: DIRECTORY [REDIS], such as /tmp/golden 127.0.0.1:6379. The Redis must be empty.");
    return 2;
}

System.IO.Directory.CreateDirectory(args[0]);
await SqliteFile.WriteAsync(args[0]);
Messages.WriteLines(Path.Combine(args[0], "messages.jsonl"));
Trusted.WriteLines(Path.Combine(args[0], "trusted.jsonl"));
Messages.WriteFrames(Path.Combine(args[0], "frames.txt"));
#if REDIS
if (args.Length == 2)
{
    await RedisDump.WriteAsync(args[1], Path.Combine(args[0], "redis.json"));
}
#endif

return 0;
