using OrleansAgents.Hosting;

return await SiloProcess.RunAsync(args);
