using Unreel.Serve;

return await ServeProgram.RunAsync(args, Environment.GetEnvironmentVariable, Console.Error);
