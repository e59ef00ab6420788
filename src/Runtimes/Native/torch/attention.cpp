// softmax(q k^T / sqrt(width)) v over the last two dimensions, a tile of queries at a time: what is kept of a tile is a number a
// query, and the weights are computed again on the way back (Dao et al., "FlashAttention", 2022, and Rabe and Staats, 2021).
//
// Letters: B clips, H heads, L queries, S keys, E width of queries and keys, V width of values.
#include "kernels.h"
#include "lanes.h"
#include "product.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <limits>

namespace unreel {
namespace {

// Floats of a tile of scores: 400 kB, which stay in a core's second cache together with what they are multiplied with.
constexpr int64_t TileFloats = 100 * 1024;
constexpr int64_t MostRows = 256;

// From scores to weights before they are divided by their sum, at most 1. Rows are `step` apart in both; scores may be the result.
template <typename T>
UNREEL_WIDE void soften(float* scores, T* weights, int64_t rows, int64_t columns, int64_t step, float scale, float* inverses,
                        float* logarithms) {
  for (int64_t row = 0; row < rows; row++, scores += step, weights += step) {
    for (int64_t i = columns; i < step; i++) scores[i] = -std::numeric_limits<float>::infinity();
    Floats most = load(scores);
    for (int64_t i = Lanes; i < step; i += Lanes) most = larger(most, load(scores + i));
    const float peak = largest(most);
    Floats total = all(0);
    for (int64_t i = 0; i < step; i += Lanes) {
      const Floats weight = exponential((load(scores + i) - peak) * scale);
      total += weight;
      store(weights + i, weight);
    }
    const float whole = sum(total);
    inverses[row] = 1 / whole;
    logarithms[row] = peak * scale + std::log(whole);
  }
}

// From scores and the weights' gradients to weights and the scores' gradients; each may lie where what it is made of lay.
template <typename T>
UNREEL_WIDE void harden(const float* scores, const float* gradients, T* weights, T* out, int64_t rows, int64_t step, float scale,
                        const float* logarithms, const float* deltas) {
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = row * step; i < (row + 1) * step; i += Lanes) {
      const Floats weight = exponential(load(scores + i) * scale - logarithms[row]);
      const Floats gradient = weight * (load(gradients + i) - deltas[row]) * scale;
      store(weights + i, weight);
      store(out + i, gradient);
    }
  }
}

// Rows from one place to another, each times a number of its own.
template <typename T>
UNREEL_WIDE void scale_rows(const float* from, int64_t from_step, T* to, int64_t to_step, int64_t rows, int64_t width,
                            const float* scales) {
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t i = 0; i < width; i++) to[row * to_step + i] = T(from[row * from_step + i] * scales[row]);
  }
}

template <typename T>
UNREEL_WIDE void dot_rows(const T* a, int64_t a_step, const T* b, int64_t b_step, int64_t rows, int64_t width, float* out) {
  for (int64_t row = 0; row < rows; row++) {
    Floats total = all(0);
    int64_t i = 0;
    for (; i + Lanes <= width; i += Lanes) total += load(a + row * a_step + i) * load(b + row * b_step + i);
    if (i < width) total += load(a + row * a_step + i, width - i) * load(b + row * b_step + i, width - i);
    out[row] = sum(total);
  }
}

// One head of one clip where it lies.
template <typename T>
struct Head {
  Head(const at::Tensor& whole, int64_t number)
      : data(whole.data_ptr<T>() + number / whole.size(1) * whole.stride(0) + number % whole.size(1) * whole.stride(1)),
        step(whole.stride(2)) {}

  T* row(int64_t number) const { return data + number * step; }
  Matrix from(int64_t number) const { return {row(number), step, false}; }
  Matrix turned() const { return {data, step, true}; }

  T* data;
  int64_t step;
};

struct Sizes {
  Sizes(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v)
      : heads(q.size(0) * q.size(1)), queries(q.size(2)), keys(k.size(2)), width(q.size(3)), values(v.size(3)),
        step((keys + Lanes - 1) / Lanes * Lanes),
        tile(std::min({queries, MostRows, std::max<int64_t>(Lanes, TileFloats / step / Lanes * Lanes)})),
        tiles((queries + tile - 1) / tile),
        scale(static_cast<float>(1 / std::sqrt(static_cast<double>(width)))) {}

  int64_t heads, queries, keys, width, values, step, tile, tiles;
  float scale;
};

// Laid out as [B, L, H, width], so that the heads of a token lie side by side for the product that follows.
at::Tensor token_major(const at::Tensor& like, int64_t width) {
  const int64_t clips = like.size(0), heads = like.size(1), tokens = like.size(2);
  return at::empty_strided({clips, heads, tokens, width}, {tokens * heads * width, width, heads * width, 1}, like.options());
}

at::Tensor floats(at::IntArrayRef sizes, const at::Tensor& like) { return at::empty(sizes, like.options().dtype(at::kFloat)); }

template <typename T>
void attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& logarithms) {
  const Sizes n(q, k, v);
  const auto type = q.scalar_type();
  constexpr bool same = std::is_same<T, float>::value;
  at::parallel_for(0, n.heads * n.tiles, 1, [&](int64_t begin, int64_t end) {
    const auto scores = floats({n.tile, n.step}, q), mixed = floats({n.tile, n.values}, q), inverses = floats({n.tile}, q);
    const auto weights = same ? scores : at::empty({n.tile, n.step}, q.options());
    auto* score = scores.template data_ptr<float>();
    auto* weight = weights.template data_ptr<T>();
    for (int64_t task = begin; task < end; task++) {
      const int64_t head = task / n.tiles, first = task % n.tiles * n.tile, rows = std::min(n.tile, n.queries - first);
      const Head<T> query(q, head), key(k, head), value(v, head), result(out, head);
      multiply({rows, n.width, n.keys, type, at::kFloat}, query.from(first), key.turned(), nullptr, score, n.step);
      soften(score, weight, rows, n.keys, n.step, n.scale, inverses.template data_ptr<float>(),
             logarithms.data_ptr<float>() + head * n.queries + first);
      auto* sums = mixed.template data_ptr<float>();
      multiply({rows, n.keys, n.values, type, at::kFloat}, {weight, n.step, false}, value.from(0), nullptr, sums, n.values);
      scale_rows(sums, n.values, result.row(first), result.step, rows, n.values, inverses.template data_ptr<float>());
    }
  });
}

template <typename T>
void attend_back(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& logarithms,
                 const at::Tensor& gradient, const at::Tensor& to_q, const at::Tensor& to_k, const at::Tensor& to_v) {
  const Sizes n(q, k, v);
  const auto type = q.scalar_type();
  constexpr bool same = std::is_same<T, float>::value;
  at::parallel_for(0, n.heads, 1, [&](int64_t begin, int64_t end) {
    const auto scores = floats({n.tile, n.step}, q), slopes = floats({n.tile, n.step}, q), deltas = floats({n.tile}, q);
    const auto weights = same ? scores : at::empty({n.tile, n.step}, q.options());
    const auto changes = same ? slopes : at::empty({n.tile, n.step}, q.options());
    const auto key_sums = floats({n.keys, n.width}, q), value_sums = floats({n.keys, n.values}, q), ones = at::ones({n.keys}, key_sums.options());
    auto *score = scores.template data_ptr<float>(), *slope = slopes.template data_ptr<float>(), *delta = deltas.template data_ptr<float>();
    auto *weight = weights.template data_ptr<T>(), *change = changes.template data_ptr<T>();
    auto *key_sum = key_sums.template data_ptr<float>(), *value_sum = value_sums.template data_ptr<float>();
    for (int64_t head = begin; head < end; head++) {
      const Head<T> query(q, head), key(k, head), value(v, head), result(out, head), given(gradient, head), query_gradient(to_q, head);
      for (int64_t first = 0; first < n.queries; first += n.tile) {
        const int64_t rows = std::min(n.tile, n.queries - first);
        dot_rows(given.row(first), given.step, result.row(first), result.step, rows, n.values, delta);
        multiply({rows, n.width, n.keys, type, at::kFloat}, query.from(first), key.turned(), nullptr, score, n.step);
        multiply({rows, n.values, n.keys, type, at::kFloat}, given.from(first), value.turned(), nullptr, slope, n.step);
        harden(score, slope, weight, change, rows, n.step, n.scale, logarithms.data_ptr<float>() + head * n.queries + first, delta);
        const bool add = first > 0;
        multiply({rows, n.keys, n.width, type, type}, {change, n.step, false}, key.from(0), nullptr, query_gradient.row(first), query_gradient.step);
        multiply({n.keys, rows, n.width, type, at::kFloat, add}, {change, n.step, true}, query.from(first), nullptr, key_sum, n.width);
        multiply({n.keys, rows, n.values, type, at::kFloat, add}, {weight, n.step, true}, given.from(first), nullptr, value_sum, n.values);
      }
      const Head<T> key_gradient(to_k, head), value_gradient(to_v, head);
      scale_rows(key_sum, n.width, key_gradient.data, key_gradient.step, n.keys, n.width, ones.template data_ptr<float>());
      scale_rows(value_sum, n.values, value_gradient.data, value_gradient.step, n.keys, n.values, ones.template data_ptr<float>());
    }
  });
}

at::Tensor scores_of(const at::Tensor& q, const at::Tensor& k) {
  return (q * (1 / std::sqrt(static_cast<double>(q.size(-1))))).matmul(k.transpose(-2, -1));
}

// The same with operators that have gradients of their own.
torch::autograd::variable_list differentiable_backward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& gradient) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  const auto weights = scores_of(q, k).softmax(-1);
  const auto slopes = gradient.matmul(v.transpose(-2, -1));
  const auto changes = weights * (slopes - (slopes * weights).sum(-1, true)) * scale;
  return {changes.matmul(k), changes.transpose(-2, -1).matmul(q), weights.transpose(-2, -1).matmul(gradient)};
}

at::Tensor with_whole_rows(const at::Tensor& tensor) { return tensor.stride(-1) == 1 ? tensor : tensor.contiguous(); }

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
    const auto q = with_whole_rows(query), k = with_whole_rows(key), v = with_whole_rows(value);
    const auto out = token_major(q, v.size(3));
    const auto logarithms = floats({q.size(0), q.size(1), q.size(2)}, q);
    if (q.scalar_type() == at::kFloat) {
      attend<float>(q, k, v, out, logarithms);
    } else {
      attend<c10::BFloat16>(q, k, v, out, logarithms);
    }
    context->save_for_backward({query, key, value, out, logarithms});
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &query = saved[0], &key = saved[1], &value = saved[2];
    if (at::GradMode::is_enabled()) return differentiable_backward(query, key, value, gradients[0]);
    const auto q = with_whole_rows(query), k = with_whole_rows(key), v = with_whole_rows(value), g = with_whole_rows(gradients[0]);
    const auto to_q = token_major(q, q.size(3)), to_k = token_major(k, k.size(3)), to_v = token_major(v, v.size(3));
    if (q.scalar_type() == at::kFloat) {
      attend_back<float>(q, k, v, saved[3], saved[4], g, to_q, to_k, to_v);
    } else {
      attend_back<c10::BFloat16>(q, k, v, saved[3], saved[4], g, to_q, to_k, to_v);
    }
    return {to_q, to_k, to_v};
  }
};

bool fits(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const auto type = q.scalar_type();
  return is_ours(q) && is_ours(k) && is_ours(v) && k.scalar_type() == type && v.scalar_type() == type && q.dim() == 4 && k.dim() == 4 &&
         v.dim() == 4 && q.numel() > 0 && k.numel() > 0 && v.numel() > 0 && q.size(0) == k.size(0) && q.size(0) == v.size(0) &&
         q.size(1) == k.size(1) && q.size(1) == v.size(1) && k.size(2) == v.size(2) && q.size(3) == k.size(3);
}

at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  return fits(query, key, value) ? Attention::apply(query, key, value) : scores_of(query, key).softmax(-1).matmul(value);
}

}  // namespace
}  // namespace unreel

TORCH_LIBRARY_FRAGMENT(unreel, library) { library.def("attention(Tensor query, Tensor key, Tensor value) -> Tensor", unreel::attention); }
