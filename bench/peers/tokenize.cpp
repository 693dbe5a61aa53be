// Tokens by numpy and by tepui, of the same cells, in turns, as cells per second of processor time and as ratios.
// Looks for a python with numpy: $TEPUI_PYTHON, else python3; without one it says so and ends well.
#include "../measure.hpp"

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tepui/tokenize/binned.hpp>
#include <tepui/tokenize/expression/gene_scaled.hpp>
#include <tepui/tokenize/rank.hpp>

namespace tp = tepui;
namespace fs = std::filesystem;

namespace {

template <class Range>
void write(const fs::path& path, const Range& numbers) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(numbers[0])));
}
std::vector<std::int32_t> read(const fs::path& path) {
  std::vector<std::int32_t> out(fs::file_size(path) / 4);
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * 4));
  return out;
}
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Cells per second of processor time; the ids or bins of the last run are left in `got`.
template <class Channel>
double cells_per_second(const auto& tokenizer, const auto& view, std::vector<std::int32_t>& got) {
  using stage = std::remove_cvref_t<decltype(tokenizer)>;
  tp::token_batch<typename stage::gives::channel_list> out;
  typename stage::scratch room;
  tokenizer(view, out, room, tp::kernel::draws());
  const double start = processor_seconds();
  for (int i = 0; i < 5; ++i) tokenizer(view, out, room, tp::kernel::draws());
  const double seconds = (processor_seconds() - start) / 5;
  if constexpr (std::is_same_v<Channel, void>) {
    got.assign(out.id.begin(), out.id.end());
  } else {
    const auto& channel = out.template get<Channel>();
    got.assign(channel.begin(), channel.end());
  }
  return static_cast<double>(view.n_cells()) / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  const char* const named = std::getenv("TEPUI_PYTHON");
  const std::string python = named != nullptr ? named : "python3";
  if (std::system((python + " -c 'import numpy' 2>/dev/null").c_str()) != 0) {
    std::printf("bench_peers_tokenize: no numpy in %s; set TEPUI_PYTHON to a python that has it\n", python.c_str());
    return 0;
  }
  const fs::path script = argc > 1 && argv[1][0] != '-' ? argv[1] : TEPUI_PEERS;
  const fs::path folder = fs::temp_directory_path() / ("tepui-peers-" + std::to_string(getpid()));
  fs::create_directories(folder);

  auto x = bench::synthetic_cells(2000, 1600);
  for (std::int64_t c = 0; c < x.n_cells(); ++c) x.total.push_back(tp::kernel::row_sum(x.view().values_of(c)));
  std::vector<std::int64_t> begin(x.row_begin.begin(), x.row_begin.end());
  begin.push_back(tp::isize(x.gene.size()));
  tp::tokenize::tokenizer<tp::tokenize::identity::columns, tp::tokenize::expression::gene_scaled,
                          tp::tokenize::composition::by_expression<2048, tp::tokenize::key::level>>
      ranked;
  const tp::kernel::draws random(5, "medians");
  std::vector<double> usual;
  for (std::int32_t g = 0; g < x.n_genes; ++g) usual.push_back(0.5 + 3 * random.uniform(g));
  ranked.expression = tp::tokenize::expression::gene_scaled(usual);
  write(folder / "gene.bin", x.gene);
  write(folder / "value.bin", x.value);
  write(folder / "begin.bin", begin);
  write(folder / "total.bin", x.total);
  write(folder / "median.bin", usual);

  std::map<std::string, std::vector<double>> rates;
  std::vector<std::int32_t> tokens, bins;
  for (int round = 0; round < 5; ++round) {
    std::FILE* const peer = popen((python + " " + script.string() + " " + folder.string()).c_str(), "r");
    char name[64];
    double rate = 0;
    while (peer != nullptr && std::fscanf(peer, "%63s %lf", name, &rate) == 2) rates[name].push_back(rate);
    if (peer != nullptr) pclose(peer);
    rates["tepui rank"].push_back(cells_per_second<void>(ranked, x.view(), tokens));
    rates["tepui bins"].push_back(cells_per_second<tp::channel::bin>(tp::tokenize::binned<51, 4096>{}, x.view(), bins));
  }
  // Keys of real numbers have next to no ties, so the published order is comparable gene by gene.
  const auto published = read(folder / "rank_arrays.out"), their_bins = read(folder / "bins_published.out");
  std::size_t same = 0;
  for (std::size_t i = 0; i < std::min(tokens.size(), published.size()); ++i) same += tokens[i] == published[i];
  bench::check(tokens.size() == published.size() && same > tokens.size() - tokens.size() / 1000, "numpy's rank");
  bench::check(bins == their_bins, "numpy's bins");
  fs::remove_all(folder);

  const double rank = bench::median(rates["tepui rank"]), bin = bench::median(rates["tepui bins"]);
  std::printf("%-28s %14s %10s\n", "2000 cells, 1600 nonzeros", "cells/CPU s", "ratio");
  const auto line = [&](const char* way, double ours) {
    if (!rates[way].empty()) std::printf("%-28s %14.0f %9.1fx\n", way, bench::median(rates[way]), ours / bench::median(rates[way]));
  };
  for (const char* way : {"rank_published", "rank_arrays", "rank_lean", "rank_packed"}) line(way, rank);
  std::printf("%-28s %14.0f\n", "tepui rank", rank);
  for (const char* way : {"bins_published", "bins_lean"}) line(way, bin);
  std::printf("%-28s %14.0f\n", "tepui bins", bin);
}
