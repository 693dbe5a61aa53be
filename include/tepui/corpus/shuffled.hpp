#pragma once
/// Batches of cells in a shuffled order, straight from where they lie: the next cells are read while these are worked on.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <tepui/corpus/cell_order.hpp>
#include <tepui/corpus/read_window.hpp>
#include <tepui/flow/cell_source.hpp>

namespace tepui::corpus {

/// How a reader of batches works; none of it changes what is read.
struct reading_settings {
  int threads = 1;  ///< that read ahead, a window further; 0: the caller's own thread reads, and one window is held, not two
};

/// Gives the batches of an order, epoch after epoch.
///   for (corpus::shuffled reader(source, order, {.threads = 2}); reader.place().epoch < 3;) train_on(reader.next());
/// in      source: any cell_source; order: of as many cells; share: of which rank and worker
/// out     next(): counts [cells of the batch, genes] in the order's order, alive until the next call: row positions into
///         the window, no count is copied once more. cell_id is the source's; covariates are not carried (see with_codes)
/// place   of the batch that comes next, in batches of the whole order; seek(place) goes on from there and replays nothing
/// errors  bad_option: an order of other cells, a share that is none, a place behind the end. What the source throws is
///         thrown by the next() that needs the cells
/// holds   the counts of one window, or of two where threads read ahead; nothing is allocated once the largest was seen.
///         Borrows the source
/// cost    every piece of a file that a window touches is unpacked once a window (once more at the edges of what threads
///         share); several threads read one window where the source knows stored_counts, else one does
/// repeat  the same counts for any number of threads, and whether or not it was interrupted
template <cell_source Source>
class shuffled {
  using window = cell_window<view_of_t<Source>>;

 public:
  using view_type = typename window::view_type;

  shuffled(const Source& source, cell_order order, const reading_settings& settings = {}, const order_share& share = {})
      : all_(std::make_unique<shared>(source, std::move(order), share, settings.threads)) {
    check_share(share);
    if (all_->order.n_cells() != source.n_cells())
      throw bad_option("the order is of " + std::to_string(all_->order.n_cells()) + " cells, and the source has " +
                       std::to_string(source.n_cells()) + "; make the order for the source that is read");
    if (settings.threads < 0 || settings.threads > 1024)
      throw bad_option("cells cannot be read by " + std::to_string(settings.threads) + " threads; give 0 to 1024");
    // A worker may have no batch in an epoch, and would look for one for ever.
    if (share.worker >= all_->order.batches_per_epoch())
      throw bad_option("worker " + std::to_string(share.worker) + " of " + std::to_string(share.workers) + " gets none of " +
                       std::to_string(all_->order.batches_per_epoch()) + " batches; use fewer workers or smaller batches");
    seek({});
  }
  shuffled(const Source&&, cell_order, const reading_settings& = {}, const order_share& = {}) = delete;  // it is borrowed
  ~shuffled() { stop(); }
  shuffled(shuffled&&) noexcept = default;
  shuffled& operator=(shuffled&& other) noexcept {
    if (this != &other) {
      stop();
      all_ = std::move(other.all_);
    }
    return *this;
  }

  [[nodiscard]] const cell_order& order() const { return all_->order; }
  [[nodiscard]] order_place place() const { return all_->place; }

  /// Goes on at another place.                          cost  one window; what was read ahead is forgotten
  void seek(const order_place& place) {
    all_->order.check(place);
    stop();
    shared& s = *all_;
    s.place = place;
    s.skip_to_own();
    s.stopping = false;
    s.current = s.window_of(s.place);
    s.next_to_read = s.current;
    for (slot& one : s.slots) one.stage = state::free;
    for (int t = 0; t < s.threads; ++t) s.crew.emplace_back([&s, t] { s.work(usize(t)); });
  }

  /// The next batch of this share.
  view_type next() {
    shared& s = *all_;
    const std::int64_t wanted = s.window_of(s.place);
    slot& here = s.slots[usize(wanted) % s.slots.size()];
    if (s.threads == 0) {
      if (here.stage != state::ready || here.number != wanted) s.read_alone(here, wanted);
    } else {
      std::unique_lock lock(s.guard);
      if (wanted != s.current) {  // the windows before it are given back
        s.current = wanted;
        s.next_to_read = std::max(s.next_to_read, wanted);
        for (slot& one : s.slots)
          if (one.stage == state::ready && one.number < wanted) one.stage = state::free;
        s.changed.notify_all();
      }
      s.changed.wait(lock, [&] { return here.stage == state::ready && here.number == wanted; });
      if (here.failed) std::rethrow_exception(here.failed);
    }
    const auto& numbers = here.cells.batch_number;
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), s.place.batch) - numbers.begin();
    ++s.place.batch;
    s.skip_to_own();
    return here.cells.batch(found);
  }

 private:
  enum class state { free, preparing, reading, ready };

  /// One window, and how far its reading is.
  struct slot {
    window cells;
    state stage = state::free;
    std::int64_t number = -1;  ///< counted from the first epoch on
    std::size_t taken = 0, done = 0;
    std::exception_ptr failed;
  };

  /// What reader and threads share, at a place that does not move with the reader.
  struct shared {
    const Source* source;
    cell_order order;
    order_share share;
    int threads;
    order_place place;
    std::vector<slot> slots;
    std::vector<typename Source::room> rooms;

    std::mutex guard;
    std::condition_variable changed;
    bool stopping = false;
    std::int64_t current = 0, next_to_read = 0;  // windows; only the reader changes the first one
    std::vector<std::jthread> crew;

    shared(const Source& from, cell_order in, const order_share& of, int n)
        : source(&from),
          order(std::move(in)),
          share(of),
          threads(n),
          slots(n > 0 ? 2 : 1),
          rooms(usize(std::clamp(n, 1, 1024))) {}

    // Also where not all threads could be started: those that were would wait for work for ever.
    ~shared() { end(); }
    void end() {
      {
        const std::scoped_lock lock(guard);
        stopping = true;
      }
      changed.notify_all();
      crew.clear();
    }

    [[nodiscard]] std::int64_t window_of(const order_place& at) const {
      return at.epoch * order.n_windows() + at.batch / order.batches_per_window();
    }
    /// Goes to the next batch of this share, over the end of an epoch if need be.
    void skip_to_own() {
      while (true) {
        if (place.batch >= order.batches_per_epoch()) place = {place.epoch + 1, 0};
        if (place.batch % share.workers == share.worker) return;
        ++place.batch;
      }
    }
    /// A share may have nothing to do in a window, and its reader may be past it already.
    [[nodiscard]] state behind_reading(const slot& at) const { return at.number < current ? state::free : state::ready; }
    void prepare(slot& into) {
      into.cells.prepare(*source, order, into.number / order.n_windows(), into.number % order.n_windows(), share, threads);
    }
    void read_alone(slot& into, std::int64_t number) {
      into.stage = state::free;
      into.number = number;
      prepare(into);
      for (std::size_t part = 0; part < into.cells.n_parts(); ++part) into.cells.read_part(*source, part, rooms[0]);
      into.cells.finish();
      into.stage = state::ready;
    }

    /// What a thread does until it is told to stop: parts of the nearest window first, else the next window is prepared.
    void work(std::size_t thread) {
      std::unique_lock lock(guard);
      const auto unlocked = [&](slot& at, auto&& what) {
        lock.unlock();
        std::exception_ptr failed;
        try {
          what();
        } catch (...) {
          failed = std::current_exception();
        }
        lock.lock();
        if (failed && !at.failed) at.failed = failed;
      };
      while (!stopping) {
        slot* at = nullptr;
        for (slot& one : slots)
          if (one.stage == state::reading && one.taken < one.cells.n_parts() && (at == nullptr || one.number < at->number))
            at = &one;
        if (at != nullptr) {
          const std::size_t part = at->taken++;
          unlocked(*at, [&] { at->cells.read_part(*source, part, rooms[thread]); });
          if (++at->done < at->cells.n_parts()) continue;
          unlocked(*at, [&] { at->cells.finish(); });
          at->stage = behind_reading(*at);
          changed.notify_all();
          continue;
        }
        slot& next = slots[usize(next_to_read) % slots.size()];
        if (next.stage != state::free) {
          changed.wait(lock);
          continue;
        }
        next.stage = state::preparing;
        next.number = next_to_read++;
        next.taken = next.done = 0;
        next.failed = nullptr;
        unlocked(next, [&] { prepare(next); });
        // A window that could not be prepared is ready too: its reader is told why.
        next.stage = next.failed ? behind_reading(next) : state::reading;
        changed.notify_all();
      }
    }
  };

  void stop() {
    if (all_) all_->end();
  }

  std::unique_ptr<shared> all_;
};

/// Puts codes of cells (donor, file, label) beside a batch: view.with<covariate::donor>(...) by cell id.
/// in     view; code_of [largest cell id + 1], by cell id; codes: memory, replaced
/// out    the view with one covariate more              errors bad_option: a cell id that has no code
template <class Tag, counts_like View>
[[nodiscard]] auto with_codes(const View& view, std::span<const std::int32_t> code_of, std::vector<std::int32_t>& codes) {
  codes.clear();
  for (const std::int64_t id : view.cells.id) {
    if (id < 0 || id >= isize(code_of.size()))
      throw bad_option("there are codes for cell ids 0 to " + std::to_string(isize(code_of.size()) - 1) +
                       ", and the batch has cell id " + std::to_string(id) +
                       "; give one code for every id up to the largest (for joined sources: in their order)");
    codes.push_back(code_of[usize(id)]);
  }
  return view.template with<Tag>(codes);
}

}  // namespace tepui::corpus
