export { answer } from '../../../core/answer.ts'
