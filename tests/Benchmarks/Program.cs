using BenchmarkDotNet.Running;
using Unreel.Benchmarks;

if (args is ["step", .. var rest])
    StepServer.Run(rest);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
