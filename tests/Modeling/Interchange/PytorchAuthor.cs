using System.Globalization;
using Unreel.Testing;

namespace Unreel.Modeling.Tests;

/// <summary>Has PyTorch write checkpoints with random weights, sized as <see cref="Micro"/>, and say what their network answers.</summary>
internal static class PytorchAuthor
{
    public const string Python = "/usr/bin/python3";
    public const string Probe = "import torch, numpy";

    /// <summary>What the encoder, the decoder or a test needs beside the file, since weights do not tell.</summary>
    public static WeightImportOptions Options { get; } = new() { Heads = 3, DecoderHeads = 2, Frames = 4, ImageSize = 16, Labels = ["a", "b", "c"] };

    /// <summary>Writes a checkpoint into a folder that holds <c>clips.bin</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="what">Which: see the end of the script.</param>
    /// <returns>What its network computes for the clips.</returns>
    public static double[] Write(string folder, string what)
    {
        string script = Path.Combine(folder, "author.py");
        File.WriteAllText(script, Script);
        (int code, string output) = Judges.Run(Python, script, folder, what);
        Assert.True(code == 0, output);
        return [.. output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>Two clips of noise, as bytes, and as <c>clips.bin</c> in a folder.</summary>
    public static byte[] Clips(string folder)
    {
        var source = new ColouredClips(Micro.Shape);
        byte[] clips = [.. source.Read(0, default).Pixels, .. source.Read(1, default).Pixels];
        File.WriteAllBytes(Path.Combine(folder, "clips.bin"), clips);
        return clips;
    }

    private const string Script = """
        import argparse, json, struct, sys, numpy as np, torch, torch.nn as nn, torch.nn.functional as F
        folder, what = sys.argv[1:]
        torch.manual_seed(3)
        D, DEPTH, HEADS, E, LABELS = 12, 2, 3, 8, 3

        def sinusoid(n, width):
            table = np.array([[p / 10000 ** (2 * (j // 2) / width) for j in range(width)] for p in range(n)])
            table[:, 0::2], table[:, 1::2] = np.sin(table[:, 0::2]), np.cos(table[:, 1::2])
            return torch.tensor(table, dtype=torch.float32)[None]

        class Mixer(nn.Module):
            def __init__(self, d, heads):
                super().__init__()
                self.heads = heads
                self.qkv, self.proj = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d)
                self.q_bias, self.v_bias = nn.Parameter(torch.zeros(d)), nn.Parameter(torch.zeros(d))
            def forward(self, x):
                bias = torch.cat([self.q_bias, torch.zeros_like(self.q_bias), self.v_bias])
                q, k, v = F.linear(x, self.qkv.weight, bias).chunk(3, -1)
                return self.proj(attend(q, k, v, self.heads))

        def attend(q, k, v, heads):
            b, n, d = q.shape
            q, k, v = (t.reshape(b, n, heads, d // heads).transpose(1, 2) for t in (q, k, v))
            return (((q / (d // heads) ** .5) @ k.transpose(2, 3)).softmax(-1) @ v).transpose(1, 2).reshape(b, n, d)

        class Feed(nn.Module):
            def __init__(self, d, hidden):
                super().__init__()
                self.fc1, self.fc2 = nn.Linear(d, hidden), nn.Linear(hidden, d)
            def forward(self, x): return self.fc2(F.gelu(self.fc1(x)))

        class Layer(nn.Module):
            def __init__(self, d, heads, hidden):
                super().__init__()
                self.norm1, self.norm2 = nn.LayerNorm(d, 1e-6), nn.LayerNorm(d, 1e-6)
                self.attn, self.mlp = Mixer(d, heads), Feed(d, hidden)
            def forward(self, x):
                x = x + self.attn(self.norm1(x))
                return x + self.mlp(self.norm2(x))

        class Cubes(nn.Module):
            def __init__(self):
                super().__init__()
                self.proj = nn.Conv3d(3, D, (2, 8, 8), (2, 8, 8))
            def forward(self, x): return self.proj(x).flatten(2).transpose(1, 2)

        class Tower(nn.Module):
            def __init__(self):
                super().__init__()
                self.patch_embed = Cubes()
                self.blocks = nn.ModuleList(Layer(D, HEADS, 24) for _ in range(DEPTH))

        class Judge(Tower):
            def __init__(self, positions=None):
                super().__init__()
                self.fc_norm, self.head = nn.LayerNorm(D, 1e-6), nn.Linear(D, LABELS)
                if positions is not None: self.pos_embed = nn.Parameter(positions)
            def forward(self, x):
                x = self.patch_embed(x) + getattr(self, 'pos_embed', sinusoid(8, D))
                for layer in self.blocks: x = layer(x)
                return self.head(self.fc_norm(x.mean(1)))

        class Painter(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = Tower()
                self.encoder.norm = nn.LayerNorm(D, 1e-6)
                self.encoder_to_decoder, self.mask_token = nn.Linear(D, E, bias=False), nn.Parameter(torch.zeros(1, 1, E))
                self.decoder = nn.Module()
                self.decoder.blocks = nn.ModuleList([Layer(E, 2, 4 * E)])
                self.decoder.norm, self.decoder.head = nn.LayerNorm(E, 1e-6), nn.Linear(E, 384)
            def forward(self, x, hidden):
                x = (self.encoder.patch_embed(x) + sinusoid(8, D))[:, ~hidden]
                for layer in self.encoder.blocks: x = layer(x)
                x = self.encoder_to_decoder(self.encoder.norm(x)) + sinusoid(8, E)[:, ~hidden]
                x = torch.cat([x, (self.mask_token + sinusoid(8, E)[:, hidden]).expand(x.shape[0], -1, -1)], 1)
                for layer in self.decoder.blocks: x = layer(x)
                return self.decoder.head(self.decoder.norm(x[:, -int(hidden.sum()):]))

        def randomised(model):
            with torch.no_grad():
                for p in model.parameters(): p.copy_(torch.randn_like(p) * .3)
            return model

        def hf_names(state):
            out = {}
            for name, value in state.items():
                if name.endswith('attn.qkv.weight'):
                    for part, rows in zip(('query', 'key', 'value'), value.chunk(3)):
                        out['videomae.encoder.layer.%s.attention.attention.%s.weight' % (name.split('.')[1], part)] = rows
                    continue
                for a, b in (('patch_embed.proj', 'videomae.embeddings.patch_embeddings.projection'), ('blocks.', 'videomae.encoder.layer.'), ('attn.proj', 'attention.output.dense'),
                             ('attn.', 'attention.attention.'), ('norm1', 'layernorm_before'), ('norm2', 'layernorm_after'), ('mlp.fc1', 'intermediate.dense'), ('mlp.fc2', 'output.dense')):
                    name = name.replace(a, b)
                out['classifier' + name[4:] if name.startswith('head.') else name] = value
            return out

        def hf_forward(w, x):
            linear = lambda x, name: F.linear(x, w[name + '.weight'], w[name + '.bias'])
            norm = lambda x, name, eps: F.layer_norm(x, x.shape[-1:], w[name + '.weight'], w[name + '.bias'], eps)
            p = 'videomae.embeddings.patch_embeddings.projection.'
            x = F.conv3d(x, w[p + 'weight'], w[p + 'bias'], stride=(2, 8, 8)).flatten(2).transpose(1, 2) + sinusoid(8, D)
            for i in range(DEPTH):
                n = f'videomae.encoder.layer.{i}.'
                y, a = norm(x, n + 'layernorm_before', 1e-12), n + 'attention.attention.'
                q, k, v = F.linear(y, w[a + 'query.weight'], w[a + 'q_bias']), F.linear(y, w[a + 'key.weight']), F.linear(y, w[a + 'value.weight'], w[a + 'v_bias'])
                x = x + linear(attend(q, k, v, HEADS), n + 'attention.output.dense')
                x = x + linear(F.gelu(linear(norm(x, n + 'layernorm_after', 1e-12), n + 'intermediate.dense')), n + 'output.dense')
            return linear(norm(x.mean(1), 'fc_norm', 1e-5), 'classifier')

        def write_safetensors(path, tensors):
            header, data = {}, b''
            for name, value in tensors.items():
                raw = value.contiguous().numpy().astype('<f4').tobytes()
                header[name] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
                data += raw
            text = json.dumps(header).encode()
            open(path, 'wb').write(struct.pack('<Q', len(text)) + text + data)

        def write_config():
            json.dump({'model_type': 'videomae', 'architectures': ['VideoMAEForVideoClassification'], 'num_frames': 4, 'image_size': 16, 'tubelet_size': 2, 'patch_size': 8, 'num_channels': 3,
                       'hidden_size': D, 'num_hidden_layers': DEPTH, 'num_attention_heads': HEADS, 'intermediate_size': 24, 'hidden_act': 'gelu', 'layer_norm_eps': 1e-12, 'qkv_bias': True,
                       'use_mean_pooling': True, 'decoder_hidden_size': E, 'decoder_num_hidden_layers': 1, 'decoder_num_attention_heads': 2, 'transformers_version': '4.0',
                       'id2label': {'2': 'jump', '0': 'run', '1': 'walk'}, 'label2id': {'run': 0, 'walk': 1, 'jump': 2}}, open(folder + '/config.json', 'w'))
            json.dump({'image_mean': [.485, .456, .406], 'image_std': [.229, .224, .225], 'size': {'shortest_edge': 16}}, open(folder + '/preprocessor_config.json', 'w'))

        x = torch.from_numpy(np.fromfile(folder + '/clips.bin', np.uint8)).view(-1, 4, 16, 16, 3).float() / 255
        x = ((x - torch.tensor([.485, .456, .406])) / torch.tensor([.229, .224, .225])).permute(0, 4, 1, 2, 3)
        pth = folder + '/checkpoint.pth'
        if what in ('model', 'module', 'bare', 'ddp', 'double', 'half', 'legacy', 'protocol4', 'views'):
            net = randomised(Judge())
            if what == 'half': net = net.half().float()
            state, answer = net.state_dict(), net(x)
            if what == 'double': state = {n: v.double() for n, v in state.items()}
            if what == 'half': state = {n: v.half() for n, v in state.items()}
            if what == 'ddp': state = {'module.' + n: v for n, v in state.items()}
            if what == 'views':
                flat = torch.cat([v.flatten() for v in state.values()])
                offsets = np.cumsum([0] + [v.numel() for v in state.values()])
                state = {n: flat[o:o + v.numel()].view(v.shape) for o, (n, v) in zip(offsets, state.items())}
                state['head.weight'] = state['head.weight'].t().contiguous().t()
            args = argparse.Namespace(lr=1e-3, betas=[.9, .999], model='vit_tiny', output_dir=None, names={'a', 'b'}, size=(2, 3))
            other = nn.Linear(2, 2)
            optimizer = torch.optim.AdamW(other.parameters(), lr=1e-3)
            other(torch.ones(1, 2)).sum().backward()
            optimizer.step()
            whole = {'epoch': 3, 'args': args, 'optimizer': optimizer.state_dict(), 'scaler': {'scale': 65536.0}}
            whole['module' if what == 'module' else 'model'] = state
            if what == 'bare': whole = state
            torch.save(whole, pth, _use_new_zipfile_serialization=what != 'legacy', pickle_protocol=4 if what == 'protocol4' else 2)
        elif what == 'learned':
            net = randomised(Judge(torch.zeros(1, 8, D)))
            torch.save({'model': net.state_dict()}, pth)
            answer = net(x)
        elif what == 'pretrain':
            net = randomised(Painter())
            torch.save({'model': net.state_dict(), 'epoch': 1}, pth)
            answer = net(x, torch.tensor([False, True, True, True] * 2))
        elif what in ('hf', 'hf-bin'):
            state = {n: v.clone() for n, v in randomised(Judge()).state_dict().items()}
            state = hf_names(state)
            answer = hf_forward(state, x)
            write_config()
            write_safetensors(folder + '/model.safetensors', state) if what == 'hf' else torch.save(state, folder + '/pytorch_model.bin')
        elif what == 'judge-pth':
            net = Judge()
            loaded = torch.load(folder + '/exported.pth', map_location='cpu')['model']
            net.load_state_dict(loaded, strict=True)
            answer = net(x)
        elif what == 'judge-hf':
            raw = open(folder + '/exported/model.safetensors', 'rb').read()
            size = struct.unpack('<Q', raw[:8])[0]
            header = json.loads(raw[8:8 + size])
            assert header.pop('__metadata__')['format'] == 'pt'
            w = {n: torch.from_numpy(np.frombuffer(raw[8 + size + e['data_offsets'][0]:8 + size + e['data_offsets'][1]], '<f4').copy()).view(e['shape']) for n, e in header.items()}
            config = json.load(open(folder + '/exported/config.json'))
            assert (config['num_frames'], config['hidden_size'], config['num_attention_heads'], config['id2label']['1']) == (4, D, HEADS, 'b'), config
            answer = hf_forward(w, x)
        elif what == 'interpolate':
            table = torch.randn(1, 2 * 3 * 3, D)
            table.numpy().astype('<f4').tofile(folder + '/table.bin')
            grid = table.view(2, 3, 3, D).permute(1, 2, 3, 0).reshape(1, -1, 2)
            grid = F.interpolate(grid, 4, mode='linear', align_corners=False).view(3, 3, D, 4).permute(3, 2, 0, 1)
            answer = F.interpolate(grid, (5, 5), mode='bicubic', align_corners=False).permute(0, 2, 3, 1)
        print(*answer.flatten().tolist())
        """;
}
