#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

#include <tepui/corpus/shuffled.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/io/write_h5ad.hpp>

#include "corpus/sources.hpp"

namespace test_corpus_shuffled {
using namespace tepui;
using corpus_sources::all_of;
using corpus_sources::append;
using corpus_sources::cell;
using corpus_sources::epoch_of;
using corpus_sources::ids_of;

corpus::order_settings some_settings() {
  return {.seed = *rc::gen::arbitrary<std::uint64_t>(),
          .batch = *rc::gen::inRange<std::int64_t>(1, 30),
          .block = *rc::gen::inRange<std::int64_t>(1, 20),
          .window = *rc::gen::inRange<std::int64_t>(1, 150)};
}

TEST_CASE("an epoch gives every cell once, as the source has it, with any number of threads") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 250);
    const corpus_sources::stored_cells source(n);
    const auto all = all_of(source);
    const corpus::cell_order order(n, some_settings());
    std::vector<cell> alone;
    for (const int threads : {0, 1, 2, 3}) {
      corpus::shuffled reader(source, order, {.threads = threads});
      for (const std::int64_t epoch : {0, 1}) {
        auto given = epoch_of(reader);
        if (threads == 0 && epoch == 1) alone = given;
        if (epoch == 1) RC_ASSERT(given == alone);
        std::ranges::sort(given, {}, &cell::id);
        RC_ASSERT(given == all);
      }
      RC_ASSERT(reader.place() == (corpus::order_place{2, 0}));
    }
  }));
}

TEST_CASE("a reader that begins in the middle gives what is left") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 250);
    const corpus_sources::stored_cells source(n);
    const corpus::cell_order order(n, some_settings());
    const corpus::order_place place{*rc::gen::inRange<std::int64_t>(0, 3),
                                    *rc::gen::inRange<std::int64_t>(0, order.batches_per_epoch())};
    corpus::shuffled whole(source, order, {.threads = 0}), rest(source, order, {.threads = *rc::gen::inRange(0, 3)});
    while (whole.place() != place) (void)whole.next();
    if (*rc::gen::arbitrary<bool>()) (void)rest.next();  // it may have been elsewhere
    rest.seek(place);
    const auto wanted = epoch_of(whole);
    RC_ASSERT(epoch_of(rest) == wanted);
    RC_ASSERT(epoch_of(rest) == epoch_of(whole));
  }));
}

TEST_CASE("ranks and workers together give the one order") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(1, 250);
    const corpus_sources::stored_cells source(n);
    const corpus::cell_order order(n, some_settings());
    const auto ranks = *rc::gen::inRange<std::int64_t>(1, 5);
    const auto workers = std::min(*rc::gen::inRange<std::int64_t>(1, 4), order.batches_per_epoch());
    corpus::shuffled whole(source, order, {.threads = 0});
    using reader_type = corpus::shuffled<corpus_sources::stored_cells>;
    std::vector<reader_type> part;
    for (std::int64_t r = 0; r < ranks; ++r)
      for (std::int64_t w = 0; w < workers; ++w)
        part.emplace_back(source, order, corpus::reading_settings{.threads = static_cast<int>(w % 3)},
                          corpus::order_share{.rank = r, .ranks = ranks, .worker = w, .workers = workers});
    for (std::int64_t b = 0; b < 2 * order.batches_per_epoch(); ++b) {
      const corpus::order_place here = whole.place();
      std::vector<cell> wanted, together;
      append(wanted, whole.next());
      for (std::int64_t r = 0; r < ranks; ++r) {
        reader_type& of_rank = part[usize(r * workers + here.batch % workers)];
        RC_ASSERT(of_rank.place() == here);
        append(together, of_rank.next());
      }
      RC_ASSERT(together == wanted);
    }
  }));
}

TEST_CASE("a cell that is drawn several times is read once and given as often") {
  const corpus_sources::stored_cells source(20);
  const auto all = all_of(source);
  std::vector<double> weight(20, 0);
  weight[3] = 1;
  weight[11] = 2;
  corpus::shuffled reader(source, corpus::cell_order(corpus::by_weight(weight, 90), {.batch = 32, .window = 64}),
                          {.threads = 1});
  const auto drawn = epoch_of(reader);
  CHECK(drawn.size() == 90);
  for (const cell& c : drawn) {
    CHECK((c.id == 3 || c.id == 11));
    CHECK(c == all[usize(c.id)]);
  }
}

TEST_CASE("any source will do, and the simulator needs no totals of a file") {
  const simulate::corpus source({.cells = 150, .genes = 80});
  const auto all = all_of(source);
  for (const int threads : {0, 2}) {
    corpus::shuffled reader(source, corpus::cell_order(150, {.seed = 4, .batch = 16, .block = 8, .window = 48}),
                            {.threads = threads});
    auto given = epoch_of(reader);
    std::ranges::sort(given, {}, &cell::id);
    CHECK(given == all);
  }
  counts<scale::raw> x;
  x.n_genes = 2;
  const std::vector<std::int32_t> gene{1};
  const std::vector<float> value{3};
  for (std::int64_t c = 0; c < 9; ++c) x.add_cell(100 + c, gene, value);
  const gene_table genes{{"E1", "E2"}, {"A", "B"}};
  const auto in_memory = cells_of(x.view(), genes);
  corpus::shuffled reader(in_memory, corpus::cell_order(9, {.batch = 4, .block = 2}));
  const auto batch = reader.next();
  CHECK(batch.total.empty());
  CHECK(batch.n_cells() == 4);
  CHECK(batch.cells.id[0] >= 100);
}

TEST_CASE("codes of the corpus stand beside a batch") {
  const corpus_sources::stored_cells source(30);
  std::vector<std::int32_t> donor_of, codes;
  for (std::int32_t c = 0; c < 30; ++c) donor_of.push_back(c % 3);
  corpus::shuffled reader(source, corpus::cell_order(30, {.batch = 8, .block = 2}));
  const auto batch = corpus::with_codes<covariate::donor>(reader.next(), donor_of, codes);
  for (std::int64_t c = 0; c < 8; ++c)
    CHECK(batch.cells.codes<covariate::donor>()[usize(c)] == batch.cells.id[usize(c)] % 3);
}

TEST_CASE("a batch with a cell that has no code is refused") {
  const corpus_sources::stored_cells source(30);
  const std::vector<std::int32_t> donor_of(29, 0);
  std::vector<std::int32_t> codes;
  corpus::shuffled reader(source, corpus::cell_order(30, {.batch = 30}));
  CHECK_THROWS_WITH_AS((void)corpus::with_codes<covariate::donor>(reader.next(), donor_of, codes),
                       "there are codes for cell ids 0 to 28, and the batch has cell id 29; give one code for every id up "
                       "to the largest (for joined sources: in their order)",
                       bad_option);
}

// A source is borrowed: one that is gone behind the line is refused.
using stored = corpus_sources::stored_cells;
static_assert(std::is_constructible_v<corpus::shuffled<stored>, const stored&, corpus::cell_order>);
static_assert(!std::is_constructible_v<corpus::shuffled<stored>, stored, corpus::cell_order>);
static_assert(!std::is_constructible_v<corpus::shuffled<stored>, const stored, corpus::cell_order>);
static_assert(!std::is_constructible_v<corpus::shuffled<stored>, stored, corpus::cell_order, corpus::reading_settings>);

/// A source that fails once, slowly, at the second window that is prepared.
struct late_failure : corpus_sources::stored_cells {
  using corpus_sources::stored_cells::stored_cells;
  mutable std::atomic<int> asked = 0;
  [[nodiscard]] const gene_table& genes() const {
    if (++asked == 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      throw bad_data("not now");
    }
    return stored_cells::genes();
  }
};

TEST_CASE("a window that fails behind its reader's back, who needs nothing of it, is in nobody's way") {
  const late_failure source(50);
  // Of windows 0 to 4, one batch each, the first worker of three needs 0 and 3; 1 and 3 take turns in one place.
  corpus::shuffled reader(source, corpus::cell_order(50, {.batch = 10, .block = 1, .window = 10}), {.threads = 1},
                          {.worker = 0, .workers = 3});
  CHECK(reader.next().n_cells() == 10);
  CHECK(reader.place() == (corpus::order_place{0, 3}));
  CHECK(reader.next().n_cells() == 10);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TEPUI_TEST_WATCHED_MEMORY
#endif
#endif
#ifndef TEPUI_TEST_WATCHED_MEMORY
TEST_CASE("where not all threads can be started, those that were are ended and the reason is thrown") {
  const corpus_sources::stored_cells source(50);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // in a process of its own, whose memory has no place for 1,000 threads
    ::alarm(20);
    std::int64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t bytes = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (rlim_t{40} << 20U);
    const rlimit limit{bytes, bytes};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(3);
    int code = 1;
    try {
      corpus::shuffled reader(source, corpus::cell_order(50, {.batch = 10, .window = 10}), {.threads = 1000});
    } catch (const std::system_error&) {
      code = 0;
    } catch (...) {
      code = 2;
    }
    ::_exit(code);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == 0);
}
#endif
#endif

TEST_CASE("after the first windows the memory is that of the largest") {
  const corpus_sources::stored_cells source(400);
  corpus::shuffled reader(source, corpus::cell_order(400, {.batch = 10, .block = 4, .window = 100}), {.threads = 0});
  (void)epoch_of(reader);
  const auto* genes = reader.next().gene.data();
  for (int i = 0; i < 200; ++i) CHECK(reader.next().gene.data() == genes);
}

TEST_CASE("what a source throws is thrown where its cells are needed, and a reader goes on elsewhere") {
  corpus_sources::stored_cells source(100);
  source.bad_cell = 57;
  const corpus::cell_order order(100, {.seed = 1, .batch = 10, .block = 5, .window = 20});
  std::vector<std::int64_t> window;
  std::int64_t bad = 0;
  for (std::int64_t w = 0; w < order.n_windows(); ++w) {
    order.window(0, w, window);
    if (std::ranges::count(window, 57) > 0) bad = w;
  }
  for (const int threads : {0, 1, 3}) {
    corpus::shuffled reader(source, order, {.threads = threads});
    for (std::int64_t b = 0; b < 2 * bad; ++b) CHECK(reader.next().n_cells() == 10);
    CHECK_THROWS_WITH_AS(reader.next(), "cell 57 is damaged", bad_data);
    CHECK_THROWS_WITH_AS(reader.next(), "cell 57 is damaged", bad_data);
    reader.seek({0, bad == 0 ? 2 : 0});
    CHECK(reader.next().n_cells() == 10);
  }
}

TEST_CASE("readers that cannot be are refused") {
  const corpus_sources::stored_cells source(30);
  CHECK_THROWS_WITH_AS(corpus::shuffled(source, corpus::cell_order(31, {})),
                       "the order is of 31 cells, and the source has 30; make the order for the source that is read",
                       bad_option);
  CHECK_THROWS_WITH_AS(corpus::shuffled(source, corpus::cell_order(30, {}), {.threads = -1}),
                       doctest::Contains("by -1 threads"), bad_option);
  CHECK_THROWS_WITH_AS(corpus::shuffled(source, corpus::cell_order(30, {.batch = 30}), {}, {.worker = 1, .workers = 2}),
                       "worker 1 of 2 gets none of 1 batches; use fewer workers or smaller batches", bad_option);
  corpus::shuffled reader(source, corpus::cell_order(30, {.batch = 10}));
  CHECK_THROWS_WITH_AS(reader.seek({0, 3}), doctest::Contains("an epoch has 3 batches"), bad_option);
  CHECK(reader.next().n_cells() == 10);  // and it still reads
}

TEST_CASE("files are read straight from where their cells lie, packed or not") {
  const auto data = simulate::to_dataset(simulate::corpus({.cells = 300, .genes = 400}), 0, 300);
  for (const bool gzip : {false, true}) {
    const std::string path = corpus_sources::scratch(gzip ? "packed.h5ad" : "plain.h5ad");
    io::write_h5ad(path, data, {}, {.gzip = gzip});
    const auto source = io::open_cells(path);
    CHECK(corpus::stored_counts(source, 0, 300) == isize(data.x.gene.size()));
    const auto all = all_of(source);
    std::vector<cell> alone;
    for (const int threads : {0, 1, 2, 3}) {
      corpus::shuffled reader(source, corpus::cell_order(300, {.seed = 9, .batch = 16, .block = 4, .window = 96}),
                              {.threads = threads});
      auto given = epoch_of(reader);
      if (threads == 0) alone = given;
      CHECK(given == alone);
      std::ranges::sort(given, {}, &cell::id);
      CHECK(given == all);
    }
  }
}

TEST_CASE("real files of every kind give every cell once") {
  const std::string root = TEPUI_SHARED;
  if (root.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/data")) {
    if (entry.path().extension() != ".h5ad") continue;
    CAPTURE(entry.path().string());
    const auto source = io::open_raw_counts(entry.path().string());
    const auto all = all_of(source, 500);
    corpus::shuffled reader(
        source, corpus::cell_order(source.n_cells(), {.seed = 2, .batch = 64, .block = 16, .window = 1024}), {.threads = 2});
    auto given = epoch_of(reader);
    std::ranges::sort(given, {}, &cell::id);
    CHECK(given == all);
    MESSAGE(entry.path().filename().string(), ": ", source.n_cells(), " cells of ", source.matrix(), ", access ",
            static_cast<int>(source.access()));
    ++files;
  }
  CHECK(files >= 5);
}

TEST_CASE("dense matrices and those sparse by gene are read too, each by its own way") {
  const std::string root = TEPUI_SHARED;
  if (root.empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const std::vector<std::pair<std::string, io::cell_access>> files{{"x_dense_int32", io::cell_access::through_hdf5},
                                                                   {"x_csc_int32", io::cell_access::in_memory},
                                                                   {"comp_lzf", io::cell_access::direct},
                                                                   {"comp_zstd", io::cell_access::direct}};
  for (const auto& [name, access] : files) {
    CAPTURE(name);
    const auto source = io::open_cells(root + "/formats/variants/" + name + ".h5ad");
    CHECK(source.access() == access);
    CHECK(corpus::stored_counts(source, 0, 1).has_value() == (access != io::cell_access::through_hdf5));
    const auto all = all_of(source);
    for (const int threads : {0, 2}) {
      corpus::shuffled reader(source, corpus::cell_order(source.n_cells(), {.batch = 8, .block = 4, .window = 32}),
                              {.threads = threads});
      auto given = epoch_of(reader);
      std::ranges::sort(given, {}, &cell::id);
      CHECK(given == all);
    }
  }
}

}  // namespace test_corpus_shuffled
