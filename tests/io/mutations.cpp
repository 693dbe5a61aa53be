// Thousands of damaged copies of valid files: each is read, or refused in one sentence. Never a crash, a hang, or broken rows.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/io/gmt.hpp>
#include <tepui/io/survey.hpp>

#include "io/files.hpp"

namespace test_io_mutations {
namespace {
namespace io = tepui::io;
using tepui::usize;

/// Numbers that are the same on every machine (splitmix64).
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }

 private:
  std::uint64_t state_;
};

/// Places where HDF5 keeps its own bookkeeping: damage there reaches more code than damage among the values.
std::vector<std::size_t> bookkeeping(std::string_view bytes) {
  std::vector<std::size_t> places{0};
  for (const std::string_view sign : {"TREE", "SNOD", "HEAP", "GCOL", "OHDR"})
    for (std::size_t at = bytes.find(sign); at != std::string_view::npos; at = bytes.find(sign, at + 1)) places.push_back(at);
  return places;
}

std::string damaged(std::string bytes, dice& d) {
  if (bytes.empty()) return bytes;
  const std::vector<std::size_t> places = bookkeeping(bytes);
  const auto somewhere = [&]() -> std::size_t {
    if (d.below(4) == 0) return d.below(bytes.size());
    return (places[d.below(places.size())] + d.below(512)) % bytes.size();
  };
  const std::size_t times = 1 + d.below(4);
  for (std::size_t t = 0; t < times; ++t) {
    const std::size_t at = somewhere();
    const std::size_t room = bytes.size() - at;
    switch (d.below(8)) {
      case 0:
      case 1:
        bytes[at] = static_cast<char>(d.below(256));
        break;
      case 2:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << d.below(8)));
        break;
      case 3: {  // a number that code likes to trip over
        const std::uint64_t liked[] = {
            0, 1, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff, 0x8000000000000000};
        const std::uint64_t v = liked[d.below(std::size(liked))];
        std::memcpy(bytes.data() + at, &v, std::min(room, std::size_t{1} << d.below(4)));
        break;
      }
      case 4:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), std::min(room, 1 + d.below(64)),
                    static_cast<char>(d.below(2) == 0 ? 0 : 0xff));
        break;
      case 5: {  // a piece of the file in another place
        const std::size_t n = std::min({room, 1 + d.below(64), bytes.size()});
        const std::size_t from = d.below(bytes.size() - n + 1);
        std::memmove(bytes.data() + at, bytes.data() + from, n);
        break;
      }
      case 6:
        bytes[at] = static_cast<char>(bytes[at] + 1);
        break;
      default:
        if (d.below(8) == 0) bytes.resize(at);
        if (bytes.empty()) return bytes;
        break;
    }
  }
  return bytes;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class Scale>
bool rows_hold(const tepui::dataset<Scale>& data) {
  const auto x = data.x.view();
  if (x.n_cells() != data.obs.n_rows() || x.n_genes != data.genes.size()) return false;
  for (std::int64_t cell = 0; cell < x.n_cells(); ++cell) {
    std::int32_t before = -1;
    for (const std::int32_t gene : x.genes_of(cell)) {
      if (gene <= before || gene >= x.n_genes) return false;
      before = gene;
    }
  }
  return true;
}

TEST_CASE("damaged copies of valid files are read or refused, and nothing else happens") {
  std::vector<std::string> whole = io_files::valid_files();
  REQUIRE(!whole.empty());
  const char* wanted = std::getenv("TEPUI_MUTATIONS");
  const char* first = std::getenv("TEPUI_FIRST_MUTATION");
  const std::uint64_t n = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 200;
  const std::uint64_t begin = first != nullptr ? std::strtoull(first, nullptr, 10) : 0;
  std::vector<std::string> bytes;
  for (const std::string& path : whole) bytes.push_back(content(path));

  io::read_options options;
  options.max_bytes = std::int64_t{1} << 30;
  options.max_seconds = 2;
  std::uint64_t read = 0, refused = 0, crashed = 0, endless = 0;
  for (std::uint64_t seed = begin; seed < begin + n; ++seed) {
    dice d(seed);
    const std::size_t which = d.below(whole.size());
    const std::string path = io_files::scratch("mutant" + io_files::ending(whole[which]));
    {
      const std::string mutant = damaged(bytes[which], d);
      std::ofstream(path, std::ios::binary) << mutant;
    }
    CAPTURE(seed);
    CAPTURE(whole[which]);
    try {
      if (path.ends_with(".gmt")) {
        (void)io::read_gmt(path, options);
      } else if (seed % 2 == 0) {
        const bool holds = rows_hold(io::read<tepui::scale::other>(path, options));
        CHECK(holds);
      } else {
        const io::file_survey s = io::survey(path, options);
        if (!s.ok()) throw tepui::bad_data(s.problems.front().message);
      }
      ++read;
    } catch (const tepui::bad_data& e) {
      const std::string_view sentence = e.what();
      ++refused;
      const bool crash = sentence.find("HDF5 library crashes") != std::string_view::npos;
      const bool endless_one = sentence.find("took longer") != std::string_view::npos;
      crashed += crash ? 1 : 0;
      endless += endless_one ? 1 : 0;
      if (const char* keep = std::getenv("TEPUI_KEEP_MUTANTS"); keep != nullptr && (crash || endless_one)) {
        MESSAGE("seed ", seed, " of ", whole[which], ": ", sentence);
        std::filesystem::copy_file(path, std::string(keep) + "/" + std::to_string(seed) + io_files::ending(path),
                                   std::filesystem::copy_options::overwrite_existing);
      }
      CHECK(sentence.starts_with("file '"));
      CHECK(sentence.size() < 2000);
    }
  }
  MESSAGE(n, " mutants: ", read, " read, ", refused, " refused, of which libhdf5 crashed on ", crashed, " and did not end on ",
          endless);
  CHECK(read + refused == n);
}

}  // namespace
}  // namespace test_io_mutations
