using ConcertFunctions.Local.Hosting;

return await LocalHost.RunAsync(args, Console.Out, Console.Error);
