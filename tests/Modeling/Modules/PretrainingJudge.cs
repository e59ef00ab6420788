using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>
/// Pre-training with every target, several at once, a regressor and a sampler: loss, its parts and the gradient of every parameter against
/// the same written in PyTorch.
/// </summary>
[Collection("torch")]
public sealed class PretrainingJudge : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>All cases in one process of the judge: most of its time is its start.</summary>
    [ProgramFact(Python, "-c", "import torch, numpy")]
    public void Loss_parts_and_gradients_agree()
    {
        (string Name, PretrainingSettings Settings)[] cases =
        [
            .. TargetNames.All.Select(target => (target, Settings(target))),
            ("several targets with decoders of their own", Settings("pixels") with
            {
                Targets =
                [
                    new TargetSettings { Name = "normalised_pixels", Weight = 0.5 },
                    new TargetSettings { Name = "hog", Weight = 2, DecoderDepth = 2, DecoderWidth = 12, DecoderHeads = 3 },
                    new TargetSettings { Name = "codes", DecoderHeads = 4 },
                ],
            }),
            ("a regressor before two decoders", Settings("codes,frame_difference") with { RegressorDepth = 1 }),
            ("a deep regressor", Settings("pixels") with { RegressorDepth = 3 }),
            ("a sampler", Sampled(Micro.Shape, "normalised_pixels")),
            ("a sampler of eight heads", Sampled(Micro.Shape with { Width = 16, Heads = 2 }, "pixels,codes")),
            ("everything", Sampled(Micro.Shape, "hog,motion") with { RegressorDepth = 2, DecoderMask = new RunningCell() }),
        ];
        var losses = new Dictionary<string, (float[] Losses, SortedDictionary<string, float[]> Gradients)>();
        foreach ((string name, PretrainingSettings settings) in cases)
            losses.Add(name, Ours(name, settings));
        File.WriteAllText(_folder.File("judge.py"), Script);

        (int code, string output) = Judges.Run(Python, [_folder.File("judge.py"), .. cases.Select(entry => _folder.File(entry.Name))]);

        Assert.True(code == 0, output);
        foreach ((string name, (float[] ours, SortedDictionary<string, float[]> gradients)) in losses)
        {
            double[] expected = [.. File.ReadAllLines(_folder.File(name, "losses.txt")).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
            Values.Close(expected, ours, 2e-5);
            CompareGradients(name, gradients);
        }
    }

    private static PretrainingSettings Settings(string targets) => Micro.Pretraining with
    {
        Targets = TargetSettings.Parse(targets),
        Tokenizer = new BrightnessCodes(Micro.Shape),
    };

    // Half of the tokens hidden, so that the sampler's choice matters, and its loss as large as the others.
    private static PretrainingSettings Sampled(VideoTransformerShape shape, string targets) => Settings(targets) with
    {
        Shape = shape,
        Mask = null,
        Adaptive = new AdaptiveMask { Ratio = 0.5, LossWeight = 0.7 },
    };

    private (float[] Losses, SortedDictionary<string, float[]> Gradients) Ours(string name, PretrainingSettings settings)
    {
        using var task = new PretrainingTask(settings, new ColouredClips(settings.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        ClipBatch batch = task.Read(0, 2, default);
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = task.Loss(batch, 0);
        loss.backward();
        Write(Directory.CreateDirectory(_folder.File(name)).FullName, settings, task, batch);
        return (
            [loss.item<float>(), .. task.Parts.Select(part => (float)part.Value)],
            new(Parameters.Of(task.Network).ToDictionary(entry => entry.Name, entry => Parameters.Get(entry.Parameter.grad ?? throw new InvalidOperationException($"{name}: {entry.Name} has no gradient."))), StringComparer.Ordinal));
    }

    private void CompareGradients(string name, SortedDictionary<string, float[]> gradients)
    {
        ReadOnlySpan<float> expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File(name, "gradients.bin")));
        foreach ((string parameter, float[] actual) in gradients)
        {
            float[] wanted = expected[..actual.Length].ToArray();
            expected = expected[actual.Length..];
            double size = wanted.Max(Math.Abs);
            double apart = wanted.Zip(actual, (a, b) => Math.Abs(a - (double)b)).Max();
            Assert.True(size > 0, $"{name}: PyTorch has no gradient of {parameter} either.");
            Assert.True(apart <= 2e-4 * (size + 1e-3), $"{name}: gradients of {parameter} are apart by {apart}, the largest is {size}.");
        }

        Assert.Equal(0, expected.Length);
    }

    private static void Write(string folder, PretrainingSettings settings, PretrainingTask task, ClipBatch batch)
    {
        WeightsFolder.Write(folder, task.Describe(), task.Network);
        File.WriteAllBytes(Path.Combine(folder, "clips.bin"), [.. batch.Samples.SelectMany(sample => sample.Pixels)]);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        MaskedTokens tokens = task.Split(batch, ClipTensor.Bytes(settings.Shape, batch.Cubes, batch.Count, CPU));
        File.WriteAllText(Path.Combine(folder, "asked.json"), JsonSerializer.Serialize(new
        {
            shape = settings.Shape.ToJson(),
            targets = settings.Targets.Select(target => new { name = target.Name, weight = target.Weight, heads = target.DecoderHeads ?? settings.Shape.DecoderHeads }),
            visible = tokens.Masks.Select(mask => mask.Visible),
            masked = tokens.Masks.Select(mask => mask.Predicted),
            codes = batch.Codes,
            regressor = settings.RegressorDepth,
            sampler = settings.Adaptive?.LossWeight,
        }));
    }

    private const string Script = """
        import json, math, struct, sys, numpy as np, torch, torch.nn.functional as F

        def judge(folder):
            asked = json.load(open(folder + '/asked.json'))
            s = asked['shape']
            raw = open(folder + '/model.safetensors', 'rb').read()
            size = struct.unpack('<Q', raw[:8])[0]
            w = {}
            for name, entry in json.loads(raw[8:8 + size]).items():
                begin, end = entry['data_offsets']
                w[name] = torch.from_numpy(np.frombuffer(raw[8 + size + begin:8 + size + end], '<f4').copy()).view(entry['shape']).requires_grad_()
            frames, side, tube, patch, width, heads = s['frames'], s['image_size'], s['tubelet_size'], s['patch_size'], s['width'], s['heads']
            slots, grid = frames // tube, side // patch
            n = slots * grid * grid
            clips = torch.from_numpy(np.fromfile(folder + '/clips.bin', np.uint8)).view(-1, frames, side, side, 3).float() / 255
            b = clips.shape[0]
            visible, masked = torch.tensor(asked['visible']), torch.tensor(asked['masked'])
            rows = torch.arange(b).view(-1, 1)

            def positions(d):
                table = np.array([[p / 10000 ** (2 * (j // 2) / d) for j in range(d)] for p in range(n)])
                table[:, 0::2], table[:, 1::2] = np.sin(table[:, 0::2]), np.cos(table[:, 1::2])
                return torch.tensor(table, dtype=torch.float32)

            def norm(x, name):
                return F.layer_norm(x, x.shape[-1:], w[name + '.weight'], w[name + '.bias'], 1e-6)

            def linear(x, name):
                return F.linear(x, w[name + '.weight'], w.get(name + '.bias'))

            def attend(q, k, v, heads):
                split = lambda t: t.view(t.shape[0], t.shape[1], heads, -1).transpose(1, 2)
                q, k, v = split(q), split(k), split(v)
                return ((q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1) @ v).transpose(1, 2).flatten(2)

            def mlp(x, name):
                return x + linear(F.gelu(linear(norm(x, name + '.norm2'), name + '.mlp.fc1')), name + '.mlp.fc2')

            def block(x, name, heads):
                d = x.shape[-1]
                bias = torch.cat([w[name + '.attn.q_bias'], torch.zeros(d), w[name + '.attn.v_bias']])
                q, k, v = F.linear(norm(x, name + '.norm1'), w[name + '.attn.qkv.weight'], bias).split(d, -1)
                return mlp(x + linear(attend(q, k, v, heads), name + '.attn.proj'), name)

            def cross(x, context, name):
                q = linear(norm(x, name + '.norm1'), name + '.attn.q')
                x = x + linear(attend(q, linear(context, name + '.attn.k'), linear(context, name + '.attn.v'), heads), name + '.attn.proj')
                return mlp(x, name)

            def cubes(images):
                x = images.view(b, slots, tube, grid, patch, grid, patch, -1).permute(0, 1, 3, 5, 2, 4, 6, 7)
                return x.reshape(b, n, tube * patch * patch, -1)

            def hog():
                sobel = torch.tensor([[1., 0, -1], [2, 0, -2], [1, 0, -1]])
                images = (clips[:, ::tube] * 255).round().permute(0, 1, 4, 2, 3).reshape(-1, 1, side, side)
                padded = F.pad(images, (1, 1, 1, 1), mode='reflect')
                gx, gy = F.conv2d(padded, sobel.view(1, 1, 3, 3)), F.conv2d(padded, sobel.t().reshape(1, 1, 3, 3))
                bins = (torch.atan2(gx, gy) / math.pi * 9).floor().long() % 9
                full = torch.zeros(gx.shape[0], 9, side, side).scatter_(1, bins, torch.hypot(gx, gy))
                cells = F.normalize(F.avg_pool2d(full, 8), dim=1, eps=1e-14)
                k = patch // 8
                return cells.view(b, slots, 3, 9, grid, k, grid, k).permute(0, 1, 4, 6, 2, 3, 5, 7).reshape(b, n, -1)

            def wanted(name):
                if name == 'pixels': return cubes(clips).flatten(2)
                if name == 'normalised_pixels':
                    c = cubes(clips)
                    return ((c - c.mean(2, keepdim=True)) / (c.var(2, unbiased=True, keepdim=True).sqrt() + 1e-6)).flatten(2)
                if name == 'frame_difference':
                    d = clips[:, 1:] - clips[:, :-1]
                    return cubes(torch.cat([d[:, :1], d], 1)).flatten(2)
                if name == 'motion': return cubes((clips - clips.mean(1, keepdim=True)) / .1).flatten(2)
                return hog()

            def error(name, out):
                if name == 'codes':
                    codes = torch.tensor(asked['codes']).view(b, n)[rows, masked]
                    return F.cross_entropy(out.transpose(1, 2), codes, reduction='none')
                return (out - wanted(name)[rows, masked]).square().mean(-1)

            mean, std = torch.tensor([.485, .456, .406]), torch.tensor([.229, .224, .225])
            x = F.conv3d(((clips - mean) / std).permute(0, 4, 1, 2, 3), w['encoder.patch_embed.proj.weight'], w['encoder.patch_embed.proj.bias'], stride=(tube, patch, patch))
            x = x.flatten(2).transpose(1, 2) + positions(width)
            if asked['sampler'] is not None:
                chance = linear(block(x, 'sampler.block', 8 if width % 8 == 0 else heads), 'sampler.head').flatten(1).log_softmax(1)
            x = x[rows, visible]
            for i in range(s['depth']): x = block(x, f'encoder.blocks.{i}', heads)
            x = norm(x, 'encoder.norm')
            if asked['regressor'] > 0:
                r = w['regressor.mask_token'] + positions(width)[masked]
                for i in range(asked['regressor']): r = cross(r, x, f'regressor.blocks.{i}')
                r = norm(r, 'regressor.norm')

            errors, parts = 0, []
            for index, target in enumerate(asked['targets']):
                prefix = '' if index == 0 else f"decoder_{target['name']}."
                place = positions(w[prefix + 'encoder_to_decoder.weight'].shape[0])
                if asked['regressor'] > 0:
                    y = linear(r, prefix + 'encoder_to_decoder') + place[masked]
                else:
                    y = torch.cat([linear(x, prefix + 'encoder_to_decoder') + place[visible], w[prefix + 'mask_token'] + place[masked]], 1)
                i = 0
                while f'{prefix}decoder.blocks.{i}.norm1.weight' in w:
                    y = block(y, f'{prefix}decoder.blocks.{i}', target['heads'])
                    i += 1
                e = error(target['name'], linear(norm(y[:, -masked.shape[1]:], prefix + 'decoder.norm'), prefix + 'decoder.head'))
                parts.append(e.mean())
                errors = errors + target['weight'] * e
            loss = errors.mean()
            if len(parts) == 1: parts = []
            if asked['sampler'] is not None:
                sampling = -(chance.gather(1, masked) * errors.detach()).mean()
                loss = loss + asked['sampler'] * sampling
                parts = (parts or [errors.mean()]) + [sampling]
            loss.backward()
            open(folder + '/losses.txt', 'w').write('\n'.join(repr(v.item()) for v in [loss, *parts]))
            torch.cat([w[name].grad.flatten() for name in sorted(w)]).numpy().astype('<f4').tofile(folder + '/gradients.bin')

        for folder in sys.argv[1:]: judge(folder)
        """;
}
