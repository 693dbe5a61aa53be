// How long it takes to find the triplets of a batch, and to lead their loss back to its cells: 1,000 cells of 128 dims,
// 40 labels of uneven size, 10 studies, labels in families that are no counterexamples; beside the same loops written
// plainly, and, where TEPUI_PYTHON names a python that has torch, beside torch, a loop over pairs in numpy as SCimilarity
// has it, and a training step of SCimilarity's encoder without mining (bench/peers/triplet.py); ours is with mining, in
// float32 and in bf16, and takes turns with torch's. One thread; medians.
//   bench_triplet [cells] [dims] [labels] [studies] [times]
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "measure.hpp"

#include <tepui/encode/sphere_encoder.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/triplet_loss.hpp>
#include <tepui/kernel/triplets.hpp>
#include <tepui/objective/triplet.hpp>
#include <tepui/train/trainer.hpp>

namespace {
using namespace tepui;
using kernel::negatives;
namespace fs = std::filesystem;
constexpr float margin = 0.05F;

struct batch {
  std::int64_t cells, dims;
  std::int32_t n_labels;
  std::vector<float> x;
  std::vector<std::int32_t> label, study;
  std::vector<std::int64_t> id;
  std::vector<std::uint8_t> related;
  [[nodiscard]] kernel::triplet_cells known() const { return {label, study, id, n_labels, related}; }
};
/// Cells around the middles of their labels, on the unit sphere; a third of the cells in the largest tenth of the labels.
batch some_cells(std::int64_t cells, std::int64_t dims, std::int32_t labels, std::int32_t studies) {
  batch b{cells, dims, labels, {}, {}, {}, {}, {}};
  const kernel::draws random(17, "bench triplet");
  for (std::int64_t c = 0; c < cells; ++c) {
    const double u = random.uniform(c, 1);
    b.label.push_back(static_cast<std::int32_t>(u * u * labels));
    b.study.push_back(static_cast<std::int32_t>(random.below(studies, c, 2)));
    b.id.push_back(c);
    std::vector<double> at;
    double squares = 0;
    for (std::int64_t k = 0; k < dims; ++k) {
      at.push_back(0.7 * random.sub(1).normal(b.label.back(), static_cast<std::uint64_t>(k)) + random.normal(c * dims + k, 5));
      squares += at.back() * at.back();
    }
    for (const double v : at) b.x.push_back(static_cast<float>(v / std::sqrt(squares)));
  }
  for (std::int32_t a = 0; a < labels; ++a)
    for (std::int32_t o = 0; o < labels; ++o) b.related.push_back(a / 4 == o / 4 && (a % 4 == 0 || o % 4 == 0));
  return b;
}

struct times_of {
  std::vector<double> own, wall;
  template <class F>
  void take(F&& f) {
    wall.push_back(bench::seconds_of([&] { own.push_back(bench::own_seconds(f)); }));
  }
  void print(const char* name, const std::string& more) const {
    std::printf("%-36s %9.3f ms (wall %9.3f)   %s\n", name, 1e3 * bench::median(own), 1e3 * bench::median(wall), more.c_str());
  }
};

/// Training steps of SCimilarity's encoder on 2,000 genes, a sixth of them counted, with mining and AdamW.
template <kernel::precision Precision>
class encoder_steps {
 public:
  explicit encoder_steps(const batch& b)
      : net_(b), trainer_({&net_.none, &net_.encoder, &net_.head}, {}, {.shards = 1}, {}, 1, 1) {
    layer::draw_weights<float>(net_.encoder, kernel::draws(5, "weights"), std::span<float>(trainer_.w));
  }
  void take() {
    const auto at = static_cast<std::uint64_t>(trainer_.steps);
    times_.take([&] {
      const auto done = trainer_.step(net_.tokens, 1e-3, kernel::draws(1, "asks", at), kernel::draws(1, "drops", at), alone_);
      loss_ = done.sum.mean();
    });
  }
  [[nodiscard]] const times_of& times() const { return times_; }
  [[nodiscard]] std::string said() const {
    return "mean " + std::to_string(loss_) + ", cells/s " +
           std::to_string(static_cast<double>(net_.tokens.n_cells()) / bench::median(times_.own));
  }

 private:
  static constexpr layer::mlp_shape shape{.prelu = true, .batch_norm = true, .dropout_per_mille = 500, .precision = Precision};
  using encoder_type = encode::sphere_encoder<shape, 400, 1024, 1024, 1024, 128>::fitted;
  using head_type = objective::triplet_head<128>;
  struct parts {
    explicit parts(const batch& b) {
      constexpr std::int32_t genes = 2000;
      const auto known = std::make_shared<objective::studied_cells>();
      known->relation = {b.n_labels, b.related};
      tokens.clear();
      tokens.n_vocabulary = genes;
      const kernel::draws random(5, "counts");
      for (std::int64_t c = 0; c < b.cells; ++c) {
        known->label[c] = b.label[usize(c)], known->study[c] = b.study[usize(c)];
        for (std::int32_t g = 0; g < genes; ++g)
          if (const double v = random.normal(c, static_cast<std::uint64_t>(g)) - 1; v > 0)
            tokens.add_token(g, static_cast<float>(v));
        tokens.end_cell();
        tokens.cell_id.push_back(c);
      }
      encoder.genes.n_genes = genes;
      head = objective::triplet{known}.bind<128>({.n_vocabulary = genes, .n_rows = genes});
    }
    token_batch<channels<channel::value>> tokens;
    train::counts_as_tokens none;
    encoder_type encoder;
    head_type head;
  } net_;
  train::trainer<train::network<train::counts_as_tokens, encoder_type, head_type>> trainer_;
  train::alone alone_;
  times_of times_;
  double loss_ = 0;
};

template <class T>
void write(const fs::path& path, const std::vector<T>& v) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(T)));
}
/// torch and numpy on the same batch, in a process of their own.
class peer {
 public:
  peer(const batch& b, const char* python)
      : folder_(fs::temp_directory_path() / ("tepui_bench_triplet_" + std::to_string(static_cast<long long>(time(nullptr))))),
        command_(std::string(python) + " " + (fs::path(TEPUI_PEERS).parent_path() / "triplet.py").string() + " " +
                 folder_.string()) {
    fs::create_directories(folder_);
    write(folder_ / "x.bin", b.x);
    write(folder_ / "label.bin", b.label);
    write(folder_ / "study.bin", b.study);
    write(folder_ / "related.bin", b.related);
  }
  ~peer() { fs::remove_all(folder_); }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;
  /// in     what: "mining" or "steps"; visit(name, wall seconds, processor seconds, what it says)
  template <class Visit>
  void run(const char* what, Visit&& visit) const {
    if (std::FILE* const lines = popen((command_ + " " + what).c_str(), "r")) {
      char name[64], more[128];
      double wall = 0, own = 0;
      while (std::fscanf(lines, "%63s %lf %lf %127[^\n]", name, &wall, &own, more) == 4) visit(name, wall, own, more);
      pclose(lines);
    }
  }

 private:
  fs::path folder_;
  std::string command_;
};

/// Our steps and those of torch in turns, so that a busy machine slows all of them.
void steps(const batch& b, int turns, const peer* torch) {
  encoder_steps<kernel::precision::float32> in_float32(b);
  encoder_steps<kernel::precision::bf16> in_bf16(b);
  std::map<std::string, times_of> others;
  for (int turn = 0; turn < turns; ++turn) {
    for (int t = 0; t < 3; ++t) in_float32.take(), in_bf16.take();
    if (torch != nullptr)
      torch->run("steps", [&](const char* name, double wall, double own, const char*) {
        others[name].wall.push_back(wall);
        others[name].own.push_back(own);
      });
  }
  in_float32.times().print("step of the encoder, with mining", in_float32.said());
  in_bf16.times().print("the same in bf16", in_bf16.said());
  for (const auto& [name, times] : others) {
    const auto against = [&](const times_of& ours) {
      const auto ratio = [&](double theirs, double mine) { return std::to_string(theirs / mine).substr(0, 4); };
      return ratio(bench::median(times.own), bench::median(ours.own)) + " (fastest of each " +
             ratio(*std::ranges::min_element(times.own), *std::ranges::min_element(ours.own)) + ")";
    };
    times.print(name.c_str(), "x of ours: float32 " + against(in_float32.times()) + ", bf16 " + against(in_bf16.times()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, std::int64_t otherwise) { return argc > i ? std::atoll(argv[i]) : otherwise; };
  const batch b = some_cells(argument(1, 1000), argument(2, 128), static_cast<std::int32_t>(argument(3, 40)),
                             static_cast<std::int32_t>(argument(4, 10)));
  const int times = static_cast<int>(argument(5, 51));
  const kernel::draws random(3, "bench");
  kernel::triplet_room<float> room;
  kernel::mined_triplets mined;
  const auto mine = [&](negatives choose) {
    kernel::mine_triplets<float>(b.x, b.dims, b.known(), margin, choose, random, room, mined);
  };

  // The same triplets as loops over all cells find with the same distances, but for those on the edge.
  std::vector<double> apart(usize(b.cells * b.cells));
  for (std::int64_t i = 0; i < b.cells; ++i)
    for (std::int64_t j = 0; j < b.cells; ++j)
      apart[usize(i * b.cells + j)] = kernel::squared_distance(b.x.data() + i * b.dims, b.x.data() + j * b.dims, b.dims);
  kernel::mined_triplets plain;
  double of_plain = 0;
  for (const auto choose : {negatives::hardest, negatives::semihard}) {
    of_plain = bench::own_seconds(
        [&] { kernel::plain_mine_triplets<double>(apart, b.known(), static_cast<double>(margin), choose, random, plain); });
    mine(choose);
    const double few = 1e-3 * static_cast<double>(plain.hard) + 1;
    bench::check(mined.pairs == plain.pairs && mined.viable == plain.viable &&
                     std::abs(static_cast<double>(mined.hard - plain.hard)) < few &&
                     std::abs(static_cast<double>(mined.found.size()) - static_cast<double>(plain.found.size())) < few,
                 "mining");
  }
  std::printf("%lld cells, %lld dims, %d labels: %lld pairs, %lld viable, %lld hard; %zu semi-hard triplets\n",
              static_cast<long long>(b.cells), static_cast<long long>(b.dims), b.n_labels, static_cast<long long>(plain.pairs),
              static_cast<long long>(plain.viable), static_cast<long long>(plain.hard), plain.found.size());

  times_of product, semihard, hardest, forward, gradient;
  kernel::gemm_room<float> product_room;
  std::vector<float> dots(usize(b.cells * b.cells)), dx(b.x.size());
  kernel::triplet_loss_room<float> loss_room;
  mine(negatives::semihard);
  const auto found = mined.found;
  double loss = 0;
  for (int t = 0; t < times; ++t) {
    product.take([&] {
      kernel::gemm<kernel::precision::float32, float>(b.cells, b.cells, b.dims, {b.x.data(), b.dims, 1},
                                                      {b.x.data(), 1, b.dims}, dots.data(), b.cells, kernel::into::overwrite,
                                                      product_room);
    });
    semihard.take([&] { mine(negatives::semihard); });
    hardest.take([&] { mine(negatives::hardest); });
    forward.take([&] { loss = kernel::triplet_loss<float>(b.x, b.dims, found, 0.05, 1, 1e-6, {}, loss_room); });
    gradient.take([&] { loss = kernel::triplet_loss<float>(b.x, b.dims, found, 0.05, 1, 1e-6, dx, loss_room); });
  }
  const double ours = bench::median(semihard.own);
  product.print("matrix product alone", "");
  semihard.print("mining, semihard",
                 "of it the product " + std::to_string(static_cast<int>(100 * bench::median(product.own) / ours)) + " %");
  hardest.print("mining, hardest", "");
  forward.print("loss", "mean " + std::to_string(loss / static_cast<double>(found.size())));
  gradient.print("loss and gradient", "");
  std::printf("%-36s %9.3f ms   x %.1f of mining, semihard\n", "loops over all cells, given distances", 1e3 * of_plain,
              of_plain / ours);
  std::fflush(stdout);
  std::unique_ptr<peer> torch;
  if (const char* const python = std::getenv("TEPUI_PYTHON")) torch = std::make_unique<peer>(b, python);
  if (b.dims == 128) steps(b, std::max(3, times / 10), torch.get());
  std::fflush(stdout);
  if (torch)
    torch->run("mining", [&](const char* name, double wall, double own, const char* more) {
      std::printf("%-36s %9.3f ms (wall %9.3f)   %s   x %.2f of mining, semihard\n", name, 1e3 * own, 1e3 * wall, more,
                  own / ours);
    });
}
