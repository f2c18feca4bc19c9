import type { Passage } from './corpus-assistant.ts'

const guide = (name: string) => `https://navigator.example/guides/${name}`

/** What the assistant knows: the learning navigator's guides, written for this project. */
export const corpus: readonly Passage[] = [
  {
    title: 'Retrieval practice',
    uri: guide('retrieval-practice'),
    text: 'To remember what you have read, close the book and write down what you still know before you look again. Recalling something strengthens it more than reading it once more, even when you recall it wrongly at first.',
  },
  {
    title: 'Spaced repetition',
    uri: guide('spaced-repetition'),
    text: 'Come back to what you have learned after a day, then after three, then after a week. Each review at the edge of forgetting makes the memory last longer, and flash cards that come back at growing intervals do the bookkeeping for you.',
  },
  {
    title: 'Planning a week of study',
    uri: guide('planning-a-week'),
    text: 'Put fixed hours of study into your calendar before the week begins, and give each one a topic rather than a course. Leave one of them empty: something will take longer than its plan.',
  },
  {
    title: 'Taking notes',
    uri: guide('taking-notes'),
    text: 'Write notes in your own words and leave a margin for questions. After the lecture, write a summary of two sentences at the foot of each page; what you cannot summarise is what to ask about.',
  },
  {
    title: 'Choosing a course',
    uri: guide('choosing-a-course'),
    text: 'Choose a course by what you will be able to do at its end, and check its prerequisites against your skills. If you lack one of them, take the short course for it first; if you lack three, take the course below.',
  },
  {
    title: 'Prerequisites and placement tests',
    uri: guide('placement-tests'),
    text: 'A placement test takes about twenty minutes and shows which prerequisites you already meet. Its result counts for nothing but the recommendation, and you can take it again after a week.',
  },
  {
    title: 'Learning paths',
    uri: guide('learning-paths'),
    text: 'A learning path is a row of courses that leads to a role, such as data analyst or web developer. You can leave a path at any course and keep what you have completed; paths that share courses count them for each other.',
  },
  {
    title: 'Certificates',
    uri: guide('certificates'),
    text: 'You earn a certificate when you have completed every unit of a course and passed its final assessment with at least 70 percent. It appears in your profile within a day, with a link that employers can check.',
  },
  {
    title: 'Assessments and retakes',
    uri: guide('assessments'),
    text: 'An assessment can be taken three times, a day apart, and the best score counts. After the third attempt a mentor goes through the answers with you before you may retake it.',
  },
  {
    title: 'Deadlines and extensions',
    uri: guide('deadlines'),
    text: 'A deadline can be extended by a week if you ask before it has passed, once for each course. After a missed deadline you move to the next group, with all your completed work.',
  },
  {
    title: 'Working with a mentor',
    uri: guide('mentors'),
    text: 'Bring your mentor one question and what you have tried so far. Half an hour every two weeks works better than a long session when you are already stuck, and between the sessions you can write a message at any time.',
  },
  {
    title: 'Study groups',
    uri: guide('study-groups'),
    text: 'Explaining a topic to others shows you where you do not understand it. A study group of three to five people meets once a week, and each time another member explains a topic to the group.',
  },
  {
    title: 'Staying motivated',
    uri: guide('motivation'),
    text: 'Motivation follows progress more often than it leads it. Make the next step so small that you can begin in five minutes, and write down each evening what you can do now that you could not do in the morning.',
  },
  {
    title: 'Concentration and breaks',
    uri: guide('concentration'),
    text: 'Work on one thing for 25 minutes with your phone in another room, then take a break of five. After four rounds take a longer break away from the screen; concentration comes back faster when you move.',
  },
  {
    title: 'Sleep and memory',
    uri: guide('sleep'),
    text: 'Memory settles while you sleep, so that an hour of sleep before an exam is worth more than an hour of cramming. Review the hardest topic shortly before you go to bed.',
  },
  {
    title: 'Preparing for an exam',
    uri: guide('exams'),
    text: 'Begin two weeks before the exam with a practice paper under real conditions, and let its mistakes decide what you study. Repeat with another paper every third day, and stop learning new topics two days before the exam.',
  },
  {
    title: 'Learning to program',
    uri: guide('programming'),
    text: 'Type programs yourself rather than copying them, and change each one until it breaks: an error message that you caused on purpose is one you will understand later. Build something small that you need yourself.',
  },
  {
    title: 'Learning mathematics',
    uri: guide('mathematics'),
    text: 'Work through problems with the solution covered, and uncover one line at a time when you are stuck. Mix problems of different kinds: choosing the method is the part that an exam asks for.',
  },
  {
    title: 'Learning a language',
    uri: guide('languages'),
    text: 'Listen every day, if only for ten minutes, and speak from the first week. Learn words in sentences rather than in lists, since a sentence brings its grammar with it.',
  },
  {
    title: 'Accessibility',
    uri: guide('accessibility'),
    text: 'Every video has captions and a transcript, and every page works with a screen reader and the keyboard alone. Ask for extra time in assessments in your profile; it then holds for all courses.',
  },
  {
    title: 'Your data and privacy',
    uri: guide('privacy'),
    text: 'Your conversations are seen by you alone, and you can delete each of them with everything in it. Your mentor sees your progress and your assessments, not your messages to the assistant.',
  },
]
