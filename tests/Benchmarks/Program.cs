using BenchmarkDotNet.Running;
using Unreel.Benchmarks;

if (args is ["step", .. var rest])
    StepServer.Run(rest);
else if (args is ["infer", .. var model])
    InferServer.Run(model);
else if (args is ["clips", .. var clips])
    ClipsToFile.Run(clips);
else if (args is ["decode"])
    DecodeServer.Run();
else if (args is ["videos", .. var videos])
    VideosToFolder.Run(videos);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
