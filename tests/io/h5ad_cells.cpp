#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <tepui/io/h5ad_cells.hpp>

#include "io/edit.hpp"
#include "io/stored.hpp"

namespace test_io_h5ad_cells {
namespace {
namespace io = tepui::io;
namespace hdf5 = tepui::io::hdf5;
using tepui::usize;
using cells_of_file = tepui::counts<tepui::scale::raw>;
using io::cell_access;

void append(cells_of_file& to, const tepui::counts_view<tepui::scale::raw>& some) {
  for (std::int64_t c = 0; c < some.n_cells(); ++c) {
    to.add_cell(some.cells.id[usize(c)], some.genes_of(c), some.values_of(c));
    to.total.push_back(some.total[usize(c)]);
  }
}
/// All cells, `at_once` at a time.
cells_of_file all(const io::h5ad_cells& from, std::int64_t at_once = 7) {
  cells_of_file x;
  x.n_genes = from.genes().size();
  io::h5ad_cells::room room;
  for (std::int64_t first = 0; first < from.n_cells(); first += at_once)
    append(x, from.read(first, std::min(at_once, from.n_cells() - first), room));
  return x;
}
bool same(const cells_of_file& a, const cells_of_file& b) {
  return a.n_genes == b.n_genes && a.gene == b.gene && a.value == b.value && a.row_begin == b.row_begin &&
         a.row_end == b.row_end && a.cell_id == b.cell_id && a.total == b.total;
}
/// The matrix of a file, stored anew.
template <class T>
void store_matrix(const std::string& path, const cells_of_file& x, const io_files::storage& genes,
                  const io_files::storage& values) {
  const auto file = io_files::open_to_change(path);
  io_files::store<std::int32_t>(file.get(), "/X/indices", {x.gene.begin(), x.gene.end()}, genes);
  io_files::store<T>(file.get(), "/X/data", {x.value.begin(), x.value.end()}, values);
}
std::string file_of(const tepui::dataset<>& data, const char* name) {
  const std::string path = io_files::scratch(name);
  io::write_h5ad(path, data);
  return path;
}

TEST_CASE("cells come in batches of any size and in any order, as the whole file has them") {
  const auto data = io_files::some_cells(60, 300);
  const std::string path = file_of(data, "batches.h5ad");
  const auto whole = io::read_h5ad(path);
  const auto cells = io::open_cells(path);
  CHECK(cells.access() == cell_access::direct);
  CHECK(cells.genes() == whole.genes);
  CHECK(cells.matrix() == "/X");
  for (const std::int64_t at_once : {1, 7, 60}) CHECK(same(all(cells, at_once), whole.x));
  io::h5ad_cells::room room;
  for (const std::int64_t first : {59, 3, 0, 30, 29, 30}) {
    const auto one = cells.read(first, 1, room);
    CHECK(std::ranges::equal(one.genes_of(0), whole.x.view().genes_of(first)));
    CHECK(one.cells.id[0] == first);
  }
  CHECK(cells.read(60, 0, room).n_cells() == 0);
}
TEST_CASE("cells that the file does not have are no cells") {
  const auto cells = io::open_cells(io_files::small_file("outside.h5ad"));
  io::h5ad_cells::room room;
  CHECK_THROWS_AS((void)cells.read(-1, 1, room), tepui::bad_option);
  CHECK_THROWS_AS((void)cells.read(0, 4, room), tepui::bad_option);
  CHECK_THROWS_AS((void)cells.read(3, 1, room), tepui::bad_option);
  CHECK_THROWS_WITH_AS((void)cells.read(2, std::numeric_limits<std::int64_t>::max(), room),
                       doctest::Contains("has 3 cells; ask for cells that it has"), tepui::bad_option);
}
TEST_CASE("however a matrix is stored, it reads the same") {
  const auto data = io_files::some_cells(40, 90);
  const std::string path = file_of(data, "storage.h5ad");
  const auto check = [&](cell_access access) {
    const auto cells = io::open_cells(path);
    CHECK(cells.access() == access);
    for (const std::int64_t at_once : {1, 11, 40}) CHECK(same(all(cells, at_once), data.x));
  };
  const io_files::storage plain, packed{.chunk = 64, .shuffle = true, .gzip = true};
  for (const hsize_t chunk : {1U, 10U, 100U, 5000U}) {
    CAPTURE(chunk);
    store_matrix<float>(path, data.x, {.chunk = chunk, .extendible = true},
                        {.chunk = chunk + 3, .gzip = true, .extendible = true});
    check(cell_access::direct);
    store_matrix<float>(path, data.x, {.chunk = chunk, .shuffle = true, .gzip = true, .extendible = true},
                        {.chunk = chunk, .shuffle = true, .extendible = true});
    check(cell_access::direct);
  }
  for (const hid_t type : {H5T_STD_I8LE, H5T_STD_U8LE, H5T_STD_I16LE, H5T_STD_U16LE, H5T_STD_I32LE, H5T_STD_U32LE,
                           H5T_STD_I64LE, H5T_STD_U64LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE}) {
    store_matrix<double>(path, data.x, packed, {.chunk = 50, .shuffle = true, .gzip = true, .type = type});
    check(cell_access::direct);
    store_matrix<double>(path, data.x, plain, {.type = type});
    check(cell_access::direct);
  }
  for (const hid_t type : {H5T_STD_U8LE, H5T_STD_I16LE, H5T_STD_I64LE, H5T_STD_U64LE}) {
    store_matrix<float>(path, data.x, {.chunk = 33, .gzip = true, .type = type}, packed);
    check(cell_access::direct);
  }
  store_matrix<float>(path, data.x, {.compact = true}, {.compact = true});
  check(cell_access::direct);
  store_matrix<float>(path, data.x, packed, {.chunk = 64, .gzip = true, .checksum = true});
  check(cell_access::through_hdf5);
  store_matrix<float>(path, data.x, packed, {.chunk = 64, .type = H5T_IEEE_F32BE});
  check(cell_access::through_hdf5);
  store_matrix<float>(path, data.x, {.type = H5T_STD_I32BE}, plain);
  check(cell_access::through_hdf5);
}
TEST_CASE("a file written without gzip holds large arrays in one piece, and reads the same") {
  const auto data = io_files::some_cells(60, 500);
  REQUIRE(data.x.gene.size() > 4096);  // smaller arrays are never packed
  const std::string path = io_files::scratch("plain.h5ad"), packed = io_files::scratch("packed.h5ad");
  io::write_h5ad(path, data, {}, {.gzip = false});
  io::write_h5ad(packed, data);
  CHECK(std::filesystem::file_size(path) > std::filesystem::file_size(packed) + 20000);
  CHECK(same(all(io::open_cells(path)), data.x));
  CHECK(same(all(io::open_cells(packed)), data.x));
}
TEST_CASE("rows out of order, values of one place and stored zeros become what the whole file gives") {
  CHECK(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& entries, bool gzip, std::uint8_t chunk) {
    const std::string path = io_files::small_file("untidy.h5ad");
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    for (const auto& [g, v] : entries) gene.push_back(g % 4), value.push_back(static_cast<float>(v % 3));
    const auto n = static_cast<std::int64_t>(gene.size());
    const hsize_t piece = 1u + chunk % 5;
    {
      const auto file = io_files::open_to_change(path);
      io_files::store<std::int64_t>(file.get(), "/X/indptr", {0, n / 3, n / 2, n}, {});
      io_files::store(file.get(), "/X/indices", gene, {.chunk = piece, .gzip = gzip, .extendible = true});
      io_files::store(file.get(), "/X/data", value, {.chunk = piece, .gzip = gzip, .extendible = true});
    }
    const io::read_options here{.isolate = false};
    const auto whole = io::read_h5ad(path, here).x;
    const auto cells = io::open_cells(path, here);
    RC_ASSERT(cells.access() == cell_access::direct);
    RC_ASSERT(same(all(cells, 1), whole));
    RC_ASSERT(same(all(cells, 2), whole));
    RC_ASSERT(same(all(cells, 3), whole));
  }));
}
TEST_CASE("threads share a source, each with a room of its own") {
  const auto data = io_files::some_cells(200, 100);
  const auto cells = io::open_cells(file_of(data, "threads.h5ad"));
  std::vector<cells_of_file> found(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < found.size(); ++t)
    threads.emplace_back([&, t] { found[t] = all(cells, 3 + static_cast<std::int64_t>(t)); });
  for (std::thread& t : threads) t.join();
  for (const auto& x : found) CHECK(same(x, data.x));
}
TEST_CASE("a room may go from one file to another, and a batch outlives the source") {
  const auto one = io_files::some_cells(30, 50, 1), two = io_files::some_cells(30, 50, 2);
  io::h5ad_cells::room room;
  for (int turn = 0; turn < 2; ++turn)
    for (const auto* data : {&one, &two}) {
      tepui::counts_view<tepui::scale::raw> view;
      {
        const auto cells = io::open_cells(file_of(*data, data == &one ? "one.h5ad" : "two.h5ad"));
        view = cells.read(5, 1, room);
      }
      CHECK(std::ranges::equal(view.genes_of(0), data->x.view().genes_of(5)));
    }
}
TEST_CASE("what cells can have is known before they are read, but for dense matrices") {
  const auto data = io_files::some_cells(30, 50);
  const auto cells = io::open_cells(file_of(data, "stored.h5ad"));
  CHECK(cells.stored_counts(0, 30) == tepui::isize(data.x.gene.size()));
  CHECK(cells.stored_counts(4, 3) == data.x.row_end[6] - data.x.row_begin[4]);
  CHECK(cells.stored_counts(30, 0) == 0);
  CHECK_THROWS_AS((void)cells.stored_counts(29, 2), tepui::bad_option);
}
TEST_CASE("after the first batches nothing is allocated") {
  const auto cells = io::open_cells(file_of(io_files::some_cells(64, 400), "steady.h5ad"));
  io::h5ad_cells::room room;
  (void)cells.read(0, 64, room);
  const auto* genes = cells.read(0, 8, room).gene.data();
  const auto* pieces = room.gene_piece.values.data();
  for (std::int64_t first = 0; first < 64; first += 8) CHECK(cells.read(first, 8, room).gene.data() == genes);
  CHECK(room.gene_piece.values.data() == pieces);
}
TEST_CASE("a batch larger than the memory allowed is refused") {
  const std::string path = file_of(io_files::some_cells(64, 400), "limit.h5ad");
  const auto cells = io::open_cells(path, {.max_bytes = 1 << 15, .isolate = false});
  io::h5ad_cells::room room;
  CHECK(cells.read(0, 2, room).n_cells() == 2);
  CHECK(io_files::refusal([&] { return cells.read(0, 64, room); }).find("read fewer at a time, or raise max_bytes") !=
        std::string::npos);
}
TEST_CASE("what is refused is refused in the words of the reader of whole files") {
  const auto check = [](const std::string& path, const char* part) {
    const std::string whole = io_files::refusal([&] { return io::read_h5ad(path); });
    const std::string streamed = io_files::refusal([&] { return all(io::open_cells(path), 2); });
    CHECK_MESSAGE(whole.find(part) != std::string::npos, whole);
    CHECK(streamed == whole);
  };
  const auto damaged = [](auto change) {
    const std::string path = io_files::small_file("damaged.h5ad");
    io_files::edit file(path);
    change(file);
    return path;
  };
  check(damaged([](auto& f) { f.template put<float>("/X/data", {2, 1, -5, 7}); }),
        "cell 2 'c', gene 1 'B' holds -5, and a raw count");
  check(damaged([](auto& f) { f.template put<float>("/X/data", {2, 0.5, 5, 7}); }), "cell 0 'a', gene 2 'C' holds 0.5");
  check(damaged([](auto& f) { f.template put<double>("/X/data", {2, 1, 5, 1e300}); }),
        "holds 1e+300, and 3.4e38 is the largest");
  check(damaged([](auto& f) { f.template put<std::int32_t>("/X/data", {2, 1, 5, 16'777'217}); }), "is the largest count");
  check(damaged([](auto& f) {
          f.template put<std::int32_t>("/X/indices", {0, 2, 1, 1});
          f.template put<std::int32_t>("/X/data", {2, 1, 16'777'216, 1});
        }),
        "cell 2 'c', gene 1 'B' holds 16777217");
  check(damaged([](auto& f) { f.template put<std::int32_t>("/X/indices", {0, 4, 1, 3}); }),
        "position 1 holds 4, and there are 4 genes");
  check(damaged([](auto& f) { f.template put<std::int32_t>("/X/indices", {0, 2, -1, 3}); }), "position 2 holds -1");
  check(damaged([](auto& f) { f.template put<std::int32_t>("/X/indptr", {0, 3, 2, 4}); }),
        "row 1 begins at 3 and ends before that");
  check(damaged([](auto& f) { f.template put<std::int32_t>("/X/indptr", {0, 3, 3, 5}); }),
        "ends at 5, and 4 values are stored");
  check(damaged([](auto& f) { f.note("/X", "shape", {3, 5}); }), "its shape is 3 x 5");
  check(damaged([](auto& f) { f.drop("/X/indptr"); }), "'/X/indptr': it is absent");
  check(damaged([](auto& f) { f.drop("/obs"); }), "'/obs': it is absent");
}
TEST_CASE("cells before a bad one are read; it is refused when it is asked for") {
  const std::string path = io_files::small_file("late.h5ad");
  io_files::edit(path).put<float>("/X/data", {2, 1, 5, 7.5});
  const auto cells = io::open_cells(path);
  io::h5ad_cells::room room;
  CHECK(cells.read(0, 2, room).value.size() == 2);
  CHECK_FALSE(io_files::refusal([&] { return cells.read(2, 1, room); }).empty());
  CHECK(cells.read(0, 1, room).value.size() == 2);
}
TEST_CASE("the raw counts are found wherever they are") {
  const std::string path = io_files::small_file("found.h5ad");
  {
    io_files::edit file(path);
    file.put<float>("/layers/counts", {0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}, H5I_INVALID_HID, {3, 4});
    file.put<double>("/X/data", {0.5, 1.5, 2.5, 3.5});
  }
  const auto cells = io::open_raw_counts(path);
  CHECK(cells.matrix() == "/layers/counts");
  CHECK(cells.access() == cell_access::through_hdf5);
  CHECK(same(all(cells), io::read_raw_counts(path).x));
}
TEST_CASE("a file that is cut short or changes while it is read is refused") {
  const auto data = io_files::some_cells(60, 300);
  const std::string path = file_of(data, "shrinks.h5ad");
  const auto cells = io::open_cells(path);
  io::h5ad_cells::room room;
  (void)cells.read(0, 1, room);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK(io_files::refusal([&] { return cells.read(1, 1, room); }).find("it has changed since it was opened") !=
        std::string::npos);
  CHECK(io_files::refusal([&] { return io::open_cells(path); }).find("does not open as HDF5") != std::string::npos);
}
TEST_CASE("every matrix of every shared file reads as the whole-file reader reads it") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  std::vector<std::string> files;
  for (const char* folder : {"formats/by_anndata_version", "formats/variants", "formats/upstream", "formats/malformed", "data"})
    for (const auto& entry : std::filesystem::directory_iterator(io_files::shared(folder)))
      if (entry.path().extension() == ".h5ad") files.push_back(entry.path().string());
  REQUIRE(files.size() > 100);
  int read = 0, refused = 0;
  for (const std::string& path : files) {
    // What only obs knows is not looked at, and a damaged piece is named by its own words.
    const bool of_obs = path.ends_with("category_code_out_of_range.h5ad") || path.ends_with("obs_column_short.h5ad");
    if (of_obs || path.ends_with("corrupt_middle.h5ad")) continue;
    std::vector<std::string> matrices{"X"};
    (void)io_files::refusal([&] {
      const auto names = io::h5ad_file(path).contents().matrices;
      if (!names.empty()) matrices = names;
      return 0;
    });
    for (const std::string& where : matrices) {
      CAPTURE(path);
      CAPTURE(where);
      cells_of_file whole, streamed;
      const std::string one = io_files::refusal([&] { return (whole = io::read_h5ad(path, {.where = where}).x).n_genes; });
      const std::string other =
          io_files::refusal([&] { return (streamed = all(io::open_cells(path, {.where = where}), 100)).n_genes; });
      CHECK(one == other);
      if (one.empty()) CHECK(same(whole, streamed));
      ++(one.empty() ? read : refused);
    }
  }
  MESSAGE(read, " matrices read the same, ", refused, " refused in the same words");
  CHECK(read > 100);
}
TEST_CASE("damaged copies are read or refused, and nothing else happens") {
  const char* wanted = std::getenv("TEPUI_MUTATIONS");
  const std::uint64_t n = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 150;
  const auto data = io_files::some_cells(30, 60);
  std::vector<std::string> whole;
  for (const bool gzip : {false, true}) {
    const std::string path = file_of(data, "whole.h5ad");
    const hsize_t chunk = gzip ? 50 : 8;
    store_matrix<std::int32_t>(path, data.x, {.chunk = chunk, .gzip = gzip}, {.chunk = chunk, .shuffle = gzip, .gzip = gzip});
    std::ifstream file(path, std::ios::binary);
    whole.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::uint64_t state = 7, read = 0, changed = 0, refused = 0;
  const auto below = [&](std::size_t limit) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state >> 33) % limit;
  };
  const std::string path = io_files::scratch("mutant.h5ad");
  for (std::uint64_t i = 0; i < n; ++i) {
    std::string bytes = whole[i % 2];
    for (std::size_t times = 1 + below(6); times > 0; --times) {
      const std::size_t at = below(bytes.size());
      if (below(3) == 0)
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), std::min(bytes.size() - at, 1 + below(8)), '\xff');
      else
        bytes[at] = static_cast<char>(below(256));
    }
    if (below(20) == 0) bytes.resize(below(bytes.size()));
    std::ofstream(path, std::ios::binary) << bytes;
    CAPTURE(i);
    const std::string sentence = io_files::refusal([&] {
      const auto x = all(io::open_cells(path, {.max_bytes = 1 << 28, .max_seconds = 2}), 4);
      ++read;
      changed += same(x, data.x) ? 0 : 1;
      const auto view = x.view();
      for (std::int64_t c = 0; c < view.n_cells(); ++c) {
        const auto genes = view.genes_of(c);
        CHECK(std::ranges::adjacent_find(genes, std::ranges::greater_equal{}) == genes.end());
        CHECK((genes.empty() || (genes.front() >= 0 && genes.back() < x.n_genes)));
      }
      return 0;
    });
    refused += sentence.empty() ? 0 : 1;
    if (!sentence.empty()) CHECK(sentence.starts_with("file '"));
  }
  MESSAGE(n, " mutants: ", read, " read (", changed, " with other counts), ", refused, " refused");
  CHECK(read + refused == n);
}
}  // namespace
}  // namespace test_io_h5ad_cells
