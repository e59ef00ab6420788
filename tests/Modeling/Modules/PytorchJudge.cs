using System.Globalization;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>The whole networks against PyTorch's own operators, convolution included, on the weights as they are saved.</summary>
[Collection("torch")]
public sealed class PytorchJudge : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ProgramFact(Python, "-c", "import torch, numpy")]
    public void Pretraining_loss_agrees()
    {
        using var task = new PretrainingTask(Micro.Pretraining, new ColouredClips(Micro.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        ClipBatch batch = task.Read(0, 2, default);
        WeightsFolder.Write(_folder.Path, new ModelDescription { Kind = ModelKind.Autoencoder, Shape = Micro.Shape, Normalisation = PixelNormalisation.ImageNet }, task.Network);
        Write(batch);
        File.WriteAllText(_folder.File("masked.txt"), string.Join('\n', batch.Masks.Select(mask => string.Join(' ', mask.Hidden))));

        double expected = Ask("pretraining")[0];

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected, task.Loss(batch, 0).item<float>(), 4);
    }

    [ProgramTheory(Python, "-c", "import torch, numpy")]
    [InlineData(ClassifierHead.Linear)]
    [InlineData(ClassifierHead.Attentive)]
    public void Classifier_logits_agree(ClassifierHead head)
    {
        FinetuningSettings settings = Micro.Finetuning() with { Head = head };
        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        ClipBatch batch = task.Read(0, 2, default);
        WeightsFolder.Write(
            _folder.Path,
            new ModelDescription
            {
                Kind = ModelKind.Classifier,
                Shape = Micro.Shape,
                Normalisation = PixelNormalisation.ImageNet,
                Labels = ["a", "b", "c"],
                Preparation = settings.Preparation,
                Pooling = settings.Pooling,
            },
            task.Network);
        Write(batch);

        double[] expected = Ask("classifier");

        using ClassifierModel model = ClassifierModel.Load(_folder.Path, new TorchOptions { Device = "cpu", Threads = 1 });
        Values.Close(expected, model.Logits(File.ReadAllBytes(_folder.File("clips.bin")), 2), 1e-4);
    }

    // Mixed clips, soft labels, drop path and dropout off: timm's mixup and its soft-target loss, written out.
    [ProgramTheory(Python, "-c", "import torch, numpy")]
    [InlineData(0.8, 0)]
    [InlineData(0, 1)]
    public void The_loss_of_mixed_clips_agrees(double mixup, double cutmix)
    {
        FinetuningSettings settings = Micro.Finetuning() with { DropPath = 0, Dropout = 0, Mixing = new MixingSettings { Mixup = mixup, Cutmix = cutmix } };
        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        ClipBatch batch = task.Read(0, 4, default);
        WeightsFolder.Write(_folder.Path, new ModelDescription { Kind = ModelKind.Classifier, Shape = Micro.Shape, Normalisation = PixelNormalisation.ImageNet, Labels = ["a", "b", "c"], Preparation = settings.Preparation }, task.Network);
        Write(batch);
        ClipMix mix = new ClipMixing(settings.Mixing, Micro.Shape, 2).Draw(0)!.Value;
        PixelBox box = mix.Box ?? default;
        File.WriteAllText(_folder.File("mix.txt"), string.Create(CultureInfo.InvariantCulture, $"{mix.Share:R} {(mix.Box is null ? 0 : 1)} {box.Left} {box.Top} {box.Width} {box.Height} {string.Join(' ', batch.Samples.Select(sample => sample.Label))}"));

        double expected = Ask("mixed")[0];

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected, task.Loss(batch, 0).item<float>(), 4);
    }

    private void Write(ClipBatch batch) => File.WriteAllBytes(_folder.File("clips.bin"), [.. batch.Samples.SelectMany(sample => sample.Pixels)]);

    private double[] Ask(string what)
    {
        File.WriteAllText(_folder.File("judge.py"), Script);
        (int code, string output) = Judges.Run(Python, _folder.File("judge.py"), _folder.Path, what);
        Assert.True(code == 0, output);
        return [.. output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    private const string Script = """
        import json, struct, sys, numpy as np, torch, torch.nn.functional as F
        folder, what = sys.argv[1:]
        raw = open(folder + '/model.safetensors', 'rb').read()
        size = struct.unpack('<Q', raw[:8])[0]
        w = {}
        for name, entry in json.loads(raw[8:8 + size]).items():
            begin, end = entry['data_offsets']
            w[name] = torch.from_numpy(np.frombuffer(raw[8 + size + begin:8 + size + end], '<f4').copy()).view(entry['shape'])
        clips = torch.from_numpy(np.fromfile(folder + '/clips.bin', np.uint8)).view(-1, 4, 16, 16, 3).float() / 255
        mean, std = torch.tensor([.485, .456, .406]), torch.tensor([.229, .224, .225])

        def positions(width):
            table = np.array([[p / 10000 ** (2 * (j // 2) / width) for j in range(width)] for p in range(8)])
            table[:, 0::2], table[:, 1::2] = np.sin(table[:, 0::2]), np.cos(table[:, 1::2])
            return torch.tensor(table, dtype=torch.float32)

        def norm(x, name):
            return F.layer_norm(x, x.shape[-1:], w[name + '.weight'], w[name + '.bias'], 1e-6)

        def block(x, name, heads):
            b, n, d = x.shape
            bias = torch.cat([w[name + '.attn.q_bias'], torch.zeros(d), w[name + '.attn.v_bias']])
            q, k, v = F.linear(norm(x, name + '.norm1'), w[name + '.attn.qkv.weight'], bias).view(b, n, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
            y = ((q @ k.transpose(-2, -1)) * (d // heads) ** -.5).softmax(-1) @ v
            x = x + F.linear(y.transpose(1, 2).reshape(b, n, d), w[name + '.attn.proj.weight'], w[name + '.attn.proj.bias'])
            y = F.gelu(F.linear(norm(x, name + '.norm2'), w[name + '.mlp.fc1.weight'], w[name + '.mlp.fc1.bias']))
            return x + F.linear(y, w[name + '.mlp.fc2.weight'], w[name + '.mlp.fc2.bias'])

        def embed(prefix):
            x = ((clips - mean) / std).permute(0, 4, 1, 2, 3)
            x = F.conv3d(x, w[prefix + 'patch_embed.proj.weight'], w[prefix + 'patch_embed.proj.bias'], stride=(2, 8, 8))
            return x.flatten(2).transpose(1, 2) + positions(12)

        def pool(x):
            if 'pool.query' not in w: return x.mean(1)
            b, n, d = x.shape
            tokens = norm(x, 'pool.norm1')
            q = F.linear(w['pool.query'].expand(b, 1, d), w['pool.attn.q.weight'], w['pool.attn.q.bias'])
            k, v = F.linear(tokens, w['pool.attn.kv.weight'], w['pool.attn.kv.bias']).chunk(2, -1)
            parts = [(q[..., i:i + 4] @ k[..., i:i + 4].transpose(1, 2) / 2).softmax(-1) @ v[..., i:i + 4] for i in (0, 4, 8)]
            x = w['pool.query'] + F.linear(torch.cat(parts, -1), w['pool.attn.proj.weight'], w['pool.attn.proj.bias'])
            y = F.gelu(F.linear(norm(x, 'pool.norm2'), w['pool.mlp.fc1.weight'], w['pool.mlp.fc1.bias']))
            return (x + F.linear(y, w['pool.mlp.fc2.weight'], w['pool.mlp.fc2.bias'])).squeeze(1)

        def classify():
            x = embed('')
            for i in range(2): x = block(x, f'blocks.{i}', 3)
            return F.linear(norm(pool(x), 'fc_norm'), w['head.weight'], w['head.bias'])

        if what == 'classifier':
            print(*classify().flatten().tolist())
        elif what == 'mixed':
            share, cut, left, top, width, height, *labels = open(folder + '/mix.txt').read().split()
            share, down, across = float(share), slice(int(top), int(top) + int(height)), slice(int(left), int(left) + int(width))
            if cut == '1':
                flipped = clips.flip(0).clone()
                clips[:, :, down, across] = flipped[:, :, down, across]
            else:
                clips = clips * share + clips.flip(0) * (1 - share)
            smooth = F.one_hot(torch.tensor([int(l) for l in labels]), 3).float() * .9 + .1 / 3
            target = smooth * share + smooth.flip(0) * (1 - share)
            print(F.cross_entropy(classify(), target).item())
        else:
            hidden = torch.zeros(clips.shape[0], 8, dtype=torch.bool)
            for row, line in enumerate(open(folder + '/masked.txt')): hidden[row, [int(t) for t in line.split()]] = True
            b = clips.shape[0]
            x = embed('encoder.')[~hidden].view(b, -1, 12)
            for i in range(2): x = block(x, f'encoder.blocks.{i}', 3)
            x = F.linear(norm(x, 'encoder.norm'), w['encoder_to_decoder.weight'])
            place = positions(8).expand(b, -1, -1)
            x = torch.cat([x + place[~hidden].view(b, -1, 8), w['mask_token'] + place[hidden].view(b, -1, 8)], 1)
            x = block(x, 'decoder.blocks.0', 2)
            out = F.linear(norm(x[:, -hidden[0].sum():], 'decoder.norm'), w['decoder.head.weight'], w['decoder.head.bias'])
            cubes = clips.view(b, 2, 2, 2, 8, 2, 8, 3).permute(0, 1, 3, 5, 2, 4, 6, 7).reshape(b, 8, 128, 3)
            cubes = (cubes - cubes.mean(2, keepdim=True)) / (cubes.var(2, unbiased=True, keepdim=True).sqrt() + 1e-6)
            target = cubes.reshape(b, 8, 384)[hidden].view(b, -1, 384)
            print(F.mse_loss(out, target).item())
        """;
}
